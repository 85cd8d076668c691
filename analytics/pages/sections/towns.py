"""The towns behind the cities: those of the city that is filtered, and those whose names several cities have."""

from collections.abc import Iterable

from analytics.pages import labels
from analytics.pages.filters import Filters
from analytics.pages.sections.unplaced import CANDIDATES, MOST_TOWNS, Candidate, Town
from analytics.pages.tables import MEASURE_LABELS, Cell, Table, measure_texts
from analytics.services.asking.questions import Cities, City, CityTown

METHODS = {
    "alias": "by hand",
    "airport_city": "airport's city",
    "name": "name",
    "alternate_name": "other name",
    "spelling": "other spelling",
}


def towns_of_city(cities: Cities, filters: Filters) -> Table | None:
    """Lists the towns that were placed in the filtered city, and how; None where no city is filtered."""
    if not filters.city or not cities.placed:
        return None
    rows = [_cells(city, town, filters) for city in cities.placed for town in city.towns]
    columns = ("Town", "City", "Found by", *MEASURE_LABELS)
    return Table("Towns of the city", columns, rows, filters.api(group_by="town", ordering="-courses"))


def ambiguous_towns(cities: Iterable[City], filters: Filters) -> list[Town]:
    """Lists towns that may be in another city of the same name, the most courses first."""
    found = [(city, town) for city in cities for town in city.towns if town.alternatives]
    found.sort(key=lambda pair: (-pair[1].row.courses, pair[1].town))
    return [_town(city, town, filters) for city, town in found[:MOST_TOWNS]]


def _cells(city: City, town: CityTown, filters: Filters) -> list[Cell]:
    return [
        Cell(town.town, filters.segment(town.row.keys), is_key=True),
        Cell(labels.city_label(city.row.keys, is_other=False)),
        Cell(METHODS.get(town.method, town.method)),
        *(Cell(text, is_number=True) for text in measure_texts(town.row)),
    ]


def _town(city: City, town: CityTown, filters: Filters) -> Town:
    candidates = [
        Candidate.of(one.geoname_id, one.name, one.country, one.population) for one in town.alternatives[:CANDIDATES]
    ]
    place = labels.city_label(city.row.keys, is_other=False)
    return Town(town.town, labels.count(town.row.courses), filters.segment(town.row.keys), candidates, place)
