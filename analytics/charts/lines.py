"""Lines over time, one for each name: widths in percent and heights in pixels, so letters keep their size on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from analytics.charts.scales import Scale, highest_of, scale_to, spread
from analytics.charts.svg import Node, Svg, drawing, node, percent

STYLES = 6
_HEIGHT = 260
_TOP, _BOTTOM = 18, 232
_LEFT, _RIGHT = 3.0, 97.0
_MOST_DATES = 4


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of a day; `title` says it in words, `href` leads to what is behind it."""

    day: date
    value: float
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one name, by day."""

    name: str
    points: Sequence[Point]


def line_chart(lines: Sequence[Line], *, label: str) -> Svg:
    """All `lines` over the same days. Each has a colour and a dash of its own, by its position (1 to 6, then again)."""
    days = sorted({point.day for line in lines for point in line.points})
    scale = scale_to(highest_of(point.value for line in lines for point in line.points))
    grid = [mark for tick in scale.ticks for mark in _grid(tick, scale)]
    dates = [_date(days, days[position]) for position in spread(len(days), _MOST_DATES)]
    drawn = [_line(line, style_of(number), days, scale) for number, line in enumerate(lines)]
    return drawing([*grid, *dates, *drawn], label=label, class_="lines", width="100%", height=_HEIGHT)


def style_of(position: int) -> int:
    """The number of the style of the line at `position`."""
    return position % STYLES + 1


def _line(line: Line, style: int, days: Sequence[date], scale: Scale) -> Node:
    places = [(_x(days, point.day), _y(point.value, scale)) for point in line.points]
    segments = [
        node("line", class_="segment", x1=percent(x1), y1=y1, x2=percent(x2), y2=y2)
        for (x1, y1), (x2, y2) in pairwise(places)
    ]
    dots = [
        node("a", [node("circle", [node("title", text=point.title)], cx=percent(x), cy=y, r=5)], href=point.href)
        for point, (x, y) in zip(line.points, places, strict=True)
    ]
    return node("g", [*segments, *dots], class_=f"line line-{style}")


def _grid(tick: float, scale: Scale) -> list[Node]:
    y = _y(tick, scale)
    return [
        node("line", class_="grid", x1=0, x2="100%", y1=y, y2=y),
        node("text", text=f"{tick:,.0f}" if tick >= 10 or tick == int(tick) else f"{tick:g}", class_="tick", x=0, y=y - 4),
    ]


def _date(days: Sequence[date], day: date) -> Node:
    anchor = {days[0]: "start", days[-1]: "end"}.get(day, "middle") if len(days) > 1 else "middle"
    at = {"start": 0.0, "end": 100.0}.get(anchor, _x(days, day))
    return node("text", text=f"{day:%d %b %Y}".lstrip("0"), class_="tick", x=percent(at), y=_HEIGHT - 8, text_anchor=anchor)


def _x(days: Sequence[date], day: date) -> float:
    length = (days[-1] - days[0]).days
    return _LEFT + (_RIGHT - _LEFT) * ((day - days[0]).days / length if length else 0.5)


def _y(value: float, scale: Scale) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * scale.share(value) / 100
