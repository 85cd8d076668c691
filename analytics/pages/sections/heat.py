"""Towns by age groups: a table whose cells are shaded, so that it is read, copied and printed like any other."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.charts.scales import count_shade, highest_of, index_shade
from analytics.pages import words
from analytics.pages.filters import OTHER_LABEL, Filters
from analytics.pages.tables import Table, demand_table
from analytics.services.asking.questions import Row

KEYS = ("town", "age_group")
TOWNS = 20
MEASURES = {"courses": "Courses", "courses_per_100": "Courses per 100", "index": "Index"}


@dataclass(frozen=True, slots=True)
class Shaded:
    """A cell: its class, its figure, what it says in words, where it leads."""

    shade: str
    text: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """A town and its cells; None where it has no resident of that age."""

    town: str
    href: str
    cells: list[Shaded | None]
    total: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The towns with most courses. `merged` and `rest` say what is not shown."""

    columns: list[str]
    lines: list[Line]
    rest: str
    merged: str
    table: Table


def heat_map(rows: Sequence[Row], age_groups: Sequence[str], filters: Filters) -> HeatMap:
    """`rows` by town and age group, in any order; columns are the age groups that occur, in the order of age."""
    named, merged = [row for row in rows if not row.is_other], [row for row in rows if row.is_other]
    by_town: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in named:
        by_town[row.keys["town"]][row.keys["age_group"]] = row
    courses = {town: sum(row.courses for row in ages.values()) for town, ages in by_town.items()}
    shown = sorted(by_town, key=lambda town: (-courses[town], town))[:TOWNS]
    columns = [label for label in age_groups if any(label in by_town[town] for town in shown)]
    highest = highest_of(_measured(row, filters.measure) for town in shown for row in by_town[town].values())
    lines = [
        Line(
            town,
            filters.href(town=town),
            [_cell(by_town[town].get(label), highest, filters) for label in columns],
            words.count(courses[town]),
        )
        for town in shown
    ]
    behind = [by_town[town][label] for town in shown for label in columns if label in by_town[town]]
    return HeatMap(columns, lines, _rest(courses, shown), _merged(merged), _table(behind, len(rows), filters))


def _cell(row: Row | None, highest: float, filters: Filters) -> Shaded | None:
    if row is None:
        return None
    value = _measured(row, filters.measure)
    is_index = filters.measure == "index"
    shade = f"index-{index_shade(row.index)}" if is_index else f"count-{count_shade(value, highest)}"
    text = words.count(row.courses) if filters.measure == "courses" else f"{value:,.0f}"
    title = (
        f"{words.segment_label(row)}: {words.count(row.courses)} courses for {words.count(row.residents)} residents, "
        f"index {words.decimal(row.index)} ({words.interval(row)})"
    )
    return Shaded(shade, text, title, filters.segment(row.keys))


def _measured(row: Row, measure: str) -> float:
    value: float | None = getattr(row, measure)
    return value or 0


def _rest(courses: dict[str, int], shown: Sequence[str]) -> str:
    hidden = courses.keys() - set(shown)
    if not hidden:
        return ""
    return f"{words.count(len(hidden))} more towns with {words.count(sum(courses[town] for town in hidden))} courses."


def _merged(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    courses, residents = sum(row.courses for row in rows), sum(row.residents for row in rows)
    return f"{OTHER_LABEL}: {words.count(courses)} courses for {words.count(residents)} residents."


def _table(rows: Sequence[Row], total: int, filters: Filters) -> Table:
    csv = filters.api(group_by=",".join(KEYS), ordering="town")
    return demand_table(rows, KEYS, filters, caption="Demand by town and age group", csv=csv, total=total)
