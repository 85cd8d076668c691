"""Cities by age groups, each cell shaded by one measure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.dimensions import first_age
from analytics.pages import labels
from analytics.pages.charts import Chart, point
from analytics.pages.filters import Filters
from analytics.pages.tables import demand_table
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


def heat_map(rows: Sequence[Row], filters: Filters) -> HeatMap:
    """Takes rows by city and age group, in any order; columns are the age groups that occur, in the order of age."""
    courses: dict[str, int] = defaultdict(int)
    merged = [row for row in rows if row.is_other]
    for row in rows:
        if not row.is_other:
            courses[labels.city_label(row)] += row.courses
    cities = sorted(courses, key=lambda city: (-courses[city], city))[:CITIES]
    places = {city: place for place, city in enumerate(cities)}
    cells = [row for row in rows if not row.is_other and labels.city_label(row) in places]
    columns = sorted({row.keys["age_group"] or "" for row in cells}, key=first_age)
    cells.sort(key=lambda row: (places[labels.city_label(row)], columns.index(row.keys["age_group"] or "")))
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
        total=len(rows),
    )
    hidden = [courses[city] for city in courses if city not in places]
    return HeatMap(Chart("heat", data, table), f"{_rest(hidden)} {_merged(merged)}".strip())


def _measured(row: Row, measure: str) -> float:
    value: float | None = getattr(row, measure)
    return value or 0


def _rest(hidden: Sequence[int]) -> str:
    if not hidden:
        return ""
    told = ngettext("%(count)s more city with %(courses)s.", "%(count)s more cities with %(courses)s.", len(hidden))
    return told % {"count": labels.count(len(hidden)), "courses": labels.courses(sum(hidden))}


def _merged(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    return _("%(other)s: %(courses)s for %(residents)s.") % {
        "other": labels.other_label(),
        "courses": labels.courses(sum(row.courses for row in rows)),
        "residents": labels.residents(sum(row.residents for row in rows)),
    }
