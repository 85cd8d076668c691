"""The cities on the map of the world."""

from dataclasses import dataclass

from analytics.pages import labels
from analytics.pages.charts import Chart, point
from analytics.pages.filters import Filters
from analytics.pages.sections.towns import METHODS
from analytics.pages.tables import MEASURE_LABELS, Cell, Table, measure_texts
from analytics.projection import project
from analytics.services.asking.questions import Cities, City
from config.common.words import counted

MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class CityMap:
    """The map; `summary` tells how much of the demand is on it."""

    chart: Chart
    summary: str


def city_map(cities: Cities, filters: Filters) -> CityMap:
    """Shows every city that a town is placed in."""
    rest = sum(not row.is_other for row in cities.unplaced)
    summary = f"{counted(cities.count, 'city', 'cities')} on the map, {counted(rest, 'town')} not placed."
    towns = [_city(city, filters) for city in cities.placed]
    data = {"kind": "map", "label": f"Map of the demand. {summary}", "towns": towns}
    return CityMap(Chart("map", data, _table(cities, filters)), summary)


def _city(city: City, filters: Filters) -> dict[str, object]:
    x, y = project(latitude=city.latitude, longitude=city.longitude)
    at = [round(x, 1), round(y, 1)]
    leads = filters.city_href(city.row.keys)
    found = point(city.row, filters, at=at, value=city.row.courses, index=city.row.index, href=leads)
    return found | {"title": f"{found['title']}\n{_towns(city)}"}


def _table(cities: Cities, filters: Filters) -> Table:
    first = sorted(cities.placed, key=lambda city: (-city.row.courses, city.city))[:MOST_ROWS]
    columns = ("City", "Towns", "Found by", "Time zone", "Nearest airport", *MEASURE_LABELS)
    note = f"The first {len(first)} of {labels.count(cities.count)}." if cities.count > len(first) else ""
    downloads = filters.downloads(group_by="city", ordering="-courses")
    return Table("Cities on the map", columns, [_cells(city, filters) for city in first], downloads, note)


def _cells(city: City, filters: Filters) -> list[Cell]:
    airport = city.airport
    near = f"{airport.code or airport.name}, {airport.distance / 1000:,.0f} km" if airport else labels.NOTHING
    return [
        Cell(labels.city_label(city.row), filters.city_href(city.row.keys), is_key=True),
        Cell(_towns(city)),
        Cell(METHODS.get(city.method, city.method)),
        Cell(city.time_zone),
        Cell(near),
        *(Cell(text, is_number=True) for text in measure_texts(city.row)),
    ]


def _towns(city: City) -> str:
    return ", ".join(town.town for town in city.towns)
