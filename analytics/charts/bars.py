"""One bar of a row of bars, and one dot with its whiskers. Names and figures stand beside them as text."""

from dataclasses import dataclass

from analytics.charts.scales import Scale
from analytics.charts.svg import Svg, decoration, node, percent

# Dots at the ends of the scale keep their radius inside the drawing.
_MARGIN = 1.5


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and the bounds between which it lies with 95 % certainty."""

    value: float
    low: float
    high: float


def bar(value: float, scale: Scale) -> Svg:
    """A bar from 0 to `value`."""
    return decoration(
        [
            node("rect", class_="track", width="100%", height="100%", rx=3),
            node("rect", class_="bar", width=percent(scale.share(value)), height="100%", rx=3),
        ],
        class_="bar-row",
    )


def whisker(interval: Interval, scale: Scale, *, reference: float) -> Svg:
    """A dot, a line across its interval, and a line at `reference`; an arrow's head where the interval goes beyond."""
    at = _at(reference, scale)
    beyond = [node("text", text="›", class_="beyond", x="100%", y=15, text_anchor="end")]
    return decoration(
        [
            node("line", class_="reference", x1=at, x2=at, y1=0, y2="100%"),
            node("line", class_="whisker", x1=_at(interval.low, scale), x2=_at(interval.high, scale), y1=10, y2=10),
            node("circle", class_="dot", cx=_at(interval.value, scale), cy=10, r=5),
            *(beyond if interval.high > scale.high else []),
        ],
        class_="whisker-row",
    )


def axis(scale: Scale) -> Svg:
    """The ticks of a scale with their figures."""
    last = len(scale.ticks) - 1
    anchors = {0: "start", last: "end"}
    return decoration(
        [
            node(
                "text",
                text=f"{tick:,.0f}",
                class_="tick",
                x=_at(tick, scale),
                y=12,
                text_anchor=anchors.get(n, "middle"),
            )
            for n, tick in enumerate(scale.ticks)
        ],
        class_="axis-row",
    )


def _at(value: float, scale: Scale) -> str:
    return percent(_MARGIN + scale.share(value) * (100 - 2 * _MARGIN) / 100)
