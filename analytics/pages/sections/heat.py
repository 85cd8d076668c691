"""Cities by age groups, each cell shaded by one measure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.dimensions import first_age
from analytics.pages import labels
from analytics.pages.charts import Chart, point
from analytics.pages.filters import Filters
from analytics.pages.tables import demand_table
from analytics.services.asking.find_heat import Heat
from analytics.services.asking.questions import Row

DIMENSIONS = ("city", "age_group")
CITIES = 20
MEASURES = {
    "courses": gettext_lazy("Courses"),
    "courses_per_100": gettext_lazy("Courses per 100"),
    "index": gettext_lazy("Index"),
}


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The cities with most courses; `rest` says what is not on the chart."""

    chart: Chart
    rest: str


def heat_map(found: Heat, filters: Filters) -> HeatMap:
    """Columns are the age groups that occur, in the order of age."""
    cells = found.rows
    cities = list(dict.fromkeys(map(labels.city_label, cells)))
    places = {city: place for place, city in enumerate(cities)}
    columns = sorted({row.keys["age_group"] or "" for row in cells}, key=first_age)
    hrefs = {labels.city_label(row): filters.city_href(row.keys) for row in cells}
    data = {
        "kind": "heat",
        "label": _("%(measure)s by city and age") % {"measure": MEASURES[filters.measure]},
        "isIndex": filters.measure == "index",
        "columns": columns,
        "rows": [{"name": city, "href": hrefs[city]} for city in cities],
        "cells": [
            point(
                row,
                filters,
                x=columns.index(row.keys["age_group"] or ""),
                y=places[labels.city_label(row)],
                value=_measured(row, filters.measure),
                figure=labels.count(_measured(row, filters.measure)),
            )
            for row in cells
        ],
    }
    table = demand_table(
        cells,
        DIMENSIONS,
        filters,
        caption=_("Demand by city and age group"),
        downloads=filters.downloads(group_by=",".join(DIMENSIONS), ordering="city"),
        total=found.count,
    )
    return HeatMap(Chart("heat", data, table), f"{_rest(found)} {_merged(found.merged)}".strip())


def _measured(row: Row, measure: str) -> float:
    value: float | None = getattr(row, measure)
    return value or 0


def _rest(found: Heat) -> str:
    if not found.more:
        return ""
    told = ngettext("%(count)s more city with %(courses)s.", "%(count)s more cities with %(courses)s.", found.more)
    return told % {"count": labels.count(found.more), "courses": labels.courses(found.more_courses)}


def _merged(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    return _("%(other)s: %(courses)s for %(residents)s.") % {
        "other": labels.other_label(),
        "courses": labels.courses(sum(row.courses for row in rows)),
        "residents": labels.residents(sum(row.residents for row in rows)),
    }
