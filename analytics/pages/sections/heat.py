"""Towns by age groups, each cell shaded by one measure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.dimensions import first_age
from analytics.pages import labels
from analytics.pages.charts import Chart, point
from analytics.pages.filters import OTHER_LABEL, Filters
from analytics.pages.tables import demand_table
from analytics.services.asking.questions import Row

DIMENSIONS = ("town", "age_group")
TOWNS = 20
MEASURES = {"courses": "Courses", "courses_per_100": "Courses per 100", "index": "Index"}


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The towns with most courses; `rest` says what is not on the chart."""

    chart: Chart
    rest: str


def heat_map(rows: Sequence[Row], filters: Filters) -> HeatMap:
    """Takes rows by town and age group, in any order; columns are the age groups that occur, in the order of age."""
    courses: dict[str, int] = defaultdict(int)
    for row in rows:
        if not row.is_other:
            courses[row.keys["town"] or ""] += row.courses
    towns = sorted(courses, key=lambda town: (-courses[town], town))[:TOWNS]
    cells = [row for row in rows if not row.is_other and row.keys["town"] in towns]
    columns = sorted({row.keys["age_group"] or "" for row in cells}, key=first_age)
    data = {
        "kind": "heat",
        "label": f"{MEASURES[filters.measure]} by town and age",
        "isIndex": filters.measure == "index",
        "columns": columns,
        "rows": [{"name": town, "href": filters.href(town=town)} for town in towns],
        "cells": [
            point(
                row,
                filters,
                x=columns.index(row.keys["age_group"] or ""),
                y=towns.index(row.keys["town"] or ""),
                value=_measured(row, filters.measure),
                figure=f"{_measured(row, filters.measure):,.0f}",
            )
            for row in cells
        ],
    }
    csv = filters.api(group_by=",".join(DIMENSIONS), ordering="town")
    cells.sort(key=lambda row: (towns.index(row.keys["town"] or ""), columns.index(row.keys["age_group"] or "")))
    table = demand_table(cells, DIMENSIONS, filters, caption="Demand by town and age group", csv=csv, total=len(rows))
    merged = [row for row in rows if row.is_other]
    return HeatMap(Chart("heat", data, table), f"{_rest(courses, towns)} {_merged(merged)}".strip())


def _measured(row: Row, measure: str) -> float:
    value: float | None = getattr(row, measure)
    return value or 0


def _rest(courses: dict[str, int], towns: Sequence[str]) -> str:
    hidden = courses.keys() - set(towns)
    if not hidden:
        return ""
    return f"{labels.count(len(hidden))} more towns with {labels.count(sum(courses[town] for town in hidden))} courses."


def _merged(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    courses, residents = sum(row.courses for row in rows), sum(row.residents for row in rows)
    return f"{OTHER_LABEL}: {labels.count(courses)} courses for {labels.count(residents)} residents."
