"""Demand by delivery, a line for each source."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from analytics.charts.lines import Line, Point, line_chart, style_of
from analytics.charts.svg import Svg
from analytics.pages import words
from analytics.pages.filters import Filters
from analytics.pages.tables import FIGURES, Cell, Table, figures
from analytics.services.asking.questions import ImportRow


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of the legend: the number of the line's style, and the last figure."""

    name: str
    style: int
    last: str
    href: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The drawing, what its lines are, and its table."""

    drawing: Svg
    sources: list[Source]
    table: Table


def trend_lines(rows: Sequence[ImportRow], filters: Filters) -> Lines:
    """`rows` of any sources in any order."""
    ordered = sorted(rows, key=lambda row: (row.source, row.delivered_at, row.import_id))
    by_source = {source: list(group) for source, group in groupby(ordered, key=lambda row: row.source)}
    lines = [Line(source, [_point(row, filters) for row in group]) for source, group in by_source.items()]
    legend = [
        Source(source, style_of(number), words.count(group[-1].row.courses), filters.href("trend", source=source))
        for number, (source, group) in enumerate(by_source.items())
    ]
    label = f"Courses by delivery of {', '.join(by_source)}" if by_source else "Courses by delivery"
    return Lines(line_chart(lines, label=label), legend, _table(ordered, filters))


def _point(row: ImportRow, filters: Filters) -> Point:
    title = (
        f"{row.source}, delivery {row.import_id}, {row.delivered_at:%d %b %Y}: {words.count(row.row.courses)} courses"
    )
    return Point(row.delivered_at, row.row.courses, f"Delivery {row.import_id}", title, _list(row, filters))


def _list(row: ImportRow, filters: Filters) -> str:
    return filters.api(format="json", source="", min_residents=0, import_id=row.import_id)


def _table(rows: Sequence[ImportRow], filters: Filters) -> Table:
    cells = [
        [
            Cell(row.source, is_key=True),
            Cell(str(row.import_id), _list(row, filters), is_key=True),
            Cell(f"{row.delivered_at:%d %b %Y}"),
            *(Cell(text, is_number=True) for text in figures(row.row)[:4]),
        ]
        for row in rows
    ]
    columns = ("Source", "Import", "Delivered", *FIGURES[:4])
    return Table("Demand by delivery", columns, cells, filters.api("trend", min_residents=0))
