"""The map."""

from dataclasses import dataclass

from analytics.charts.scales import index_shade
from analytics.charts.svg import Svg
from analytics.charts.world import Circle, world_map
from analytics.pages import words
from analytics.pages.filters import Filters
from analytics.pages.tables import FIGURES, Cell, Table, figures
from analytics.services.asking.questions import Cities, City

MOST_ROWS = 50
METHODS = {
    "alias": "by hand",
    "airport_city": "airport's city",
    "name": "name",
    "alternate_name": "other name",
    "spelling": "other spelling",
}


@dataclass(frozen=True, slots=True)
class Map:
    """The drawing and its table; `said` tells how much of the demand is on it."""

    drawing: Svg
    table: Table
    said: str


def city_map(cities: Cities, filters: Filters) -> Map:
    """Every town that is placed."""
    circles = [_circle(city, filters) for city in cities.placed]
    said = f"{words.count(cities.count)} towns on the map, {words.count(len(cities.unplaced))} not placed."
    return Map(world_map(circles, label=f"Map of the demand. {said}"), _table(cities, filters), said)


def _circle(city: City, filters: Filters) -> Circle:
    row = city.row
    title = (
        f"{city.town} ({city.city}, {city.country}): {words.count(row.courses)} courses for "
        f"{words.count(row.residents)} residents, index {words.decimal(row.index)}"
    )
    href = filters.segment({"town": city.town})
    return Circle(city.latitude, city.longitude, row.courses, index_shade(row.index), title, href)


def _table(cities: Cities, filters: Filters) -> Table:
    shown = sorted(cities.placed, key=lambda city: (-city.row.courses, city.town))[:MOST_ROWS]
    columns = ("Town", "Placed as", "Found by", "Time zone", "Nearest airport", *FIGURES)
    total = words.count(cities.count)
    said = f"The first {len(shown)} of {total}." if cities.count > len(shown) else ""
    csv = filters.api("demand", group_by="town", ordering="-courses")
    return Table("Towns on the map", columns, [_cells(city, filters) for city in shown], csv, said)


def _cells(city: City, filters: Filters) -> list[Cell]:
    airport = city.airport
    near = f"{airport.code or airport.name}, {airport.distance / 1000:,.0f} km" if airport else words.NOTHING
    return [
        Cell(city.town, filters.segment({"town": city.town}), is_key=True),
        Cell(f"{city.city}, {city.country}"),
        Cell(METHODS.get(city.method, city.method)),
        Cell(city.time_zone),
        Cell(near),
        *(Cell(text, is_number=True) for text in figures(city.row)),
    ]
