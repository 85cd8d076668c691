"""The towns behind a city, and how each was found."""

from analytics.pages import labels
from analytics.pages.filters import Filters
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
    return Table("Towns of the city", columns, rows, filters.downloads(group_by="town", ordering="-courses"))


def _cells(city: City, town: CityTown, filters: Filters) -> list[Cell]:
    return [
        Cell(town.town, filters.segment(town.row.keys), is_key=True),
        Cell(labels.city_label(city.row)),
        Cell(METHODS.get(town.method, town.method)),
        *(Cell(text, is_number=True) for text in measure_texts(town.row)),
    ]
