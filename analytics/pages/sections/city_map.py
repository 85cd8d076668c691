"""The cities on the map of the world."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.pages import labels
from analytics.pages.charts import Chart, point
from analytics.pages.filters import Filters
from analytics.pages.sections.towns import METHODS
from analytics.pages.tables import MEASURE_LABELS, Cell, Table, measure_texts
from analytics.projection import project
from analytics.services.asking.questions import Cities, City

MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class CityMap:
    """The map; `summary` tells how much of the demand is on it."""

    chart: Chart
    summary: str


def city_map(cities: Cities, filters: Filters) -> CityMap:
    """Shows every city that a town is placed in."""
    rest = sum(not row.is_other for row in cities.unplaced)
    on_map = ngettext("%(count)s city on the map", "%(count)s cities on the map", cities.count)
    missing = ngettext("%(count)s town not placed", "%(count)s towns not placed", rest)
    counts = [text % {"count": labels.count(number)} for text, number in ((on_map, cities.count), (missing, rest))]
    summary = _("%(on_map)s, %(missing)s.") % dict(zip(("on_map", "missing"), counts, strict=True))
    towns = [_city(city, filters) for city in cities.placed]
    data = {"kind": "map", "label": _("Map of the demand. %(summary)s") % {"summary": summary}, "towns": towns}
    return CityMap(Chart("map", data, _table(cities, filters)), summary)


def _city(city: City, filters: Filters) -> dict[str, object]:
    x, y = project(latitude=city.latitude, longitude=city.longitude)
    at = [round(x, 1), round(y, 1)]
    leads = filters.city_href(city.row.keys)
    found = point(city.row, filters, at=at, value=city.row.courses, index=city.row.index, href=leads)
    return found | {"title": f"{found['title']}\n{_towns(city)}"}


def _table(cities: Cities, filters: Filters) -> Table:
    first = sorted(cities.placed, key=lambda city: (-city.row.courses, city.city))[:MOST_ROWS]
    told = (_("City"), _("Towns"), _("Found by"), _("Time zone"), _("Nearest airport"))
    downloads = filters.downloads(group_by="city", ordering="-courses")
    return Table(
        caption=_("Cities on the map"),
        columns=[*told, *map(str, MEASURE_LABELS)],
        rows=[_cells(city, filters) for city in first],
        downloads=downloads,
        note=labels.first_of(len(first), cities.count),
    )


def _cells(city: City, filters: Filters) -> list[Cell]:
    airport = city.airport
    near = labels.NOTHING
    if airport:
        far = {"airport": airport.code or airport.name, "distance": labels.count(airport.distance / 1000)}
        near = _("%(airport)s, %(distance)s km") % far
    return [
        Cell(labels.city_label(city.row), filters.city_href(city.row.keys), is_key=True),
        Cell(_towns(city)),
        Cell(str(METHODS.get(city.method, city.method))),
        Cell(city.time_zone),
        Cell(near),
        *(Cell(text, is_number=True) for text in measure_texts(city.row)),
    ]


def _towns(city: City) -> str:
    return ", ".join(town.town for town in city.towns)
