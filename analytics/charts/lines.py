"""Lines over time, one for each name: widths in percent, heights in pixels, so letters keep their size on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from analytics.charts.scales import Scale, highest_of, scale_to, spread
from analytics.charts.svg import Node, Svg, drawing, node, percent

STYLES = 6
_HEIGHT = 260
_TOP, _BOTTOM = 18, 232
_LEFT, _RIGHT = 13.0, 97.0
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of a moment; `name` is short, `title` says it in words, `href` leads to what is behind it."""

    moment: datetime
    value: float
    name: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one name, by day."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where each moment stands, in percent of the width, and how it is called."""

    places: dict[datetime, float]
    names: dict[datetime, str]


def line_chart(lines: Sequence[Line], *, label: str) -> Svg:
    """All `lines` along the same axis. Each has a colour and a dash of its own, by its position: 1 to 6, then again."""
    axis = _axis(lines)
    scale = scale_to(highest_of(point.value for line in lines for point in line.points))
    grid = [mark for tick in scale.ticks for mark in _grid(tick, scale)]
    moments = list(axis.places)
    names = [_name(axis, moments[position], moments) for position in spread(len(moments), _MOST_NAMES)]
    drawn = [_line(line, style_of(number), axis, scale) for number, line in enumerate(lines)]
    return drawing([*grid, *names, *drawn], label=label, class_="lines", width="100%", height=_HEIGHT)


def _axis(lines: Sequence[Line]) -> _Axis:
    """By time; in even steps where several points of a line are of one day, which would lie upon each other."""
    named = {point.moment: point.name for line in lines for point in line.points}
    moments = sorted(named)
    is_crowded = any(len({point.moment.date() for point in line.points}) < len(line.points) for line in lines)
    if is_crowded:
        length = max(len(moments) - 1, 1)
        return _Axis({moment: _across(n / length) for n, moment in enumerate(moments)}, {m: named[m] for m in moments})
    length_in_time = (moments[-1] - moments[0]).total_seconds() if moments else 0
    places = {
        moment: _across((moment - moments[0]).total_seconds() / length_in_time if length_in_time else 0.5)
        for moment in moments
    }
    return _Axis(places, {moment: f"{moment:%d %b %Y}".lstrip("0") for moment in moments})


def _across(share: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * share


def style_of(position: int) -> int:
    """The number of the style of the line at `position`."""
    return position % STYLES + 1


def _line(line: Line, style: int, axis: _Axis, scale: Scale) -> Node:
    places = [(axis.places[point.moment], _y(point.value, scale)) for point in line.points]
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
        node(
            "text", text=f"{tick:,.0f}" if tick >= 10 or tick == int(tick) else f"{tick:g}", class_="tick", x=0, y=y - 4
        ),
    ]


def _name(axis: _Axis, moment: datetime, moments: Sequence[datetime]) -> Node:
    # At the edges a name stays inside the drawing.
    is_only = len(moments) == 1
    anchor = "middle" if is_only else {moments[0]: "start", moments[-1]: "end"}.get(moment, "middle")
    at = {"start": 0.0, "end": 100.0}.get(anchor, axis.places[moment])
    return node("text", text=axis.names[moment], class_="tick", x=percent(at), y=_HEIGHT - 8, text_anchor=anchor)


def _y(value: float, scale: Scale) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * scale.share(value) / 100
