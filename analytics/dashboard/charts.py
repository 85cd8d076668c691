"""What Unfold's charts draw: Chart.js' own data as JSON, and the same in a sentence for those who do not see it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.pages import words
from analytics.services.asking.questions import ImportRow, Row

# Colours that Unfold defines, of enough contrast on white and on black; more lines than this cannot be told apart.
COLOURS = ("primary-600", "blue-500", "orange-500", "green-600", "red-500")
_BAR = 28
_SHOWN_TICKS = 12
_DELIVERIES = 36


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
    """A line for each of the sources with the most courses, through the last deliveries of all of them.

    Deliveries stand at equal distances: several may come on one day, and none for months.
    """
    by_id = sorted(rows, key=lambda row: row.import_id)
    last = {row.source: row.row.courses for row in by_id}
    largest = sorted(last, key=lambda source: -last[source])[: len(COLOURS)]
    shown = [row for row in by_id if row.source in largest][-_DELIVERIES:]
    coloured = list(zip(largest, COLOURS, strict=False))
    data = {
        "labels": [[f"#{row.import_id}", f"{row.delivered_at:%d %b}"] for row in shown],
        "datasets": [_line(shown, source, colour) for source, colour in coloured],
    }
    legend = [Legend(source, f"--color-{colour}", words.count(last[source])) for source, colour in coloured]
    said = ", ".join(f"{one.name} {one.last}" for one in legend)
    return Chart(json.dumps(data), f"Courses from delivery to delivery; now: {said}.", legend)


def _line(rows: Sequence[ImportRow], source: str, colour: str) -> dict[str, Any]:
    return {
        "label": source,
        "data": [row.row.courses if row.source == source else None for row in rows],
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
