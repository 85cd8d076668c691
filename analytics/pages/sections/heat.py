"""Cities by age groups, each cell shaded by one measure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.dimensions import first_age
from analytics.pages import labels
from analytics.pages.charts import Chart, point
from analytics.pages.filters import OTHER_LABEL, Filters
from analytics.pages.tables import demand_table
from analytics.services.asking.questions import Row
from config.common.words import counted

DIMENSIONS = ("city", "age_group")
CITIES = 20
MEASURES = {"courses": "Courses", "courses_per_100": "Courses per 100", "index": "Index"}


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
        "label": f"{MEASURES[filters.measure]} by city and age",
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
                figure=f"{_measured(row, filters.measure):,.0f}",
            )
            for row in cells
        ],
    }
    table = demand_table(
        cells,
        DIMENSIONS,
        filters,
        caption="Demand by city and age group",
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
    return f"{counted(len(hidden), 'more city', 'more cities')} with {counted(sum(hidden), 'course')}."


def _merged(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    courses, residents = sum(row.courses for row in rows), sum(row.residents for row in rows)
    return f"{OTHER_LABEL}: {counted(courses, 'course')} for {counted(residents, 'resident')}."
