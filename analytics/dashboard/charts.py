"""What Unfold's charts draw: Chart.js' own data as JSON, and the same in a sentence for those who do not see it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from analytics.pages import words
from analytics.services.questions import ImportRow, Row

# Colours that Unfold defines, of enough contrast on white and on black; more lines than this cannot be told apart.
COLOURS = ("primary-600", "blue-500", "orange-500", "green-600", "red-500")
_BAR = 28
_SHOWN_TICKS = 8


@dataclass(frozen=True, slots=True)
class Legend:
    """A line's name, its colour as a variable of the style sheet, and its last figure."""

    name: str
    colour: str
    last: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`data` for Unfold's component; `said` is what a screen reader reads instead."""

    data: str
    said: str
    legend: list[Legend]


def channel_chart(rows: Sequence[Row]) -> Chart:
    """A bar for each channel: the courses that it reaches."""
    labels = ["other" if row.is_other else row.keys["channel"] for row in rows]
    data = {
        "labels": labels,
        "datasets": [
            {
                "label": "courses",
                "data": [row.courses for row in rows],
                "backgroundColor": _variable(COLOURS[0]),
                "maxBarThickness": _BAR,
                "borderRadius": 4,
            }
        ],
    }
    figures = (f"{label} {words.count(row.courses)}" for label, row in zip(labels, rows, strict=True))
    return Chart(json.dumps(data), f"Courses by channel: {', '.join(figures)}.", [])


def trend_chart(rows: Sequence[ImportRow]) -> Chart:
    """A line for each of the sources with the most courses: the courses of its deliveries."""
    ordered = sorted(rows, key=lambda row: (row.source, row.delivered_at, row.import_id))
    by_source = {source: list(group) for source, group in groupby(ordered, key=lambda row: row.source)}
    largest = sorted(by_source, key=lambda source: -by_source[source][-1].row.courses)[: len(COLOURS)]
    days = sorted({row.delivered_at.date() for source in largest for row in by_source[source]})
    lines = [_line(by_source[source], source, days, colour) for source, colour in zip(largest, COLOURS, strict=False)]
    data = {"labels": [f"{day:%d %b %y}" for day in days], "datasets": lines}
    legend = [
        Legend(source, f"--color-{colour}", words.count(by_source[source][-1].row.courses))
        for source, colour in zip(largest, COLOURS, strict=False)
    ]
    said = ", ".join(f"{one.name} {one.last}" for one in legend)
    return Chart(json.dumps(data), f"Courses from delivery to delivery; now: {said}.", legend)


def _line(rows: Sequence[ImportRow], source: str, days: Sequence[Any], colour: str) -> dict[str, Any]:
    # The last delivery of a day stands for it.
    found = {row.delivered_at.date(): row.row.courses for row in rows}
    return {
        "label": source,
        "data": [found.get(day) for day in days],
        "borderColor": _variable(colour),
        "backgroundColor": _variable(colour),
        "spanGaps": True,
        "displayYAxis": True,
        "maxTicksXLimit": _SHOWN_TICKS,
        "pointStyle": "circle",
        "pointRadius": 3,
    }


def _variable(colour: str) -> str:
    return f"var(--color-{colour})"
