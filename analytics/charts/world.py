"""The world with a circle for each town."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analytics.charts.projection import HEIGHT, WIDTH, project
from analytics.charts.scales import area_radius, highest_of
from analytics.charts.svg import Node, Svg, drawing, node

_LAND = Path(__file__).parent.parent / "data" / "land.json"
# In units of the map: circles shrink with it on a phone; the outlines of the small ones, set in CSS, do not.
_SMALLEST, _LARGEST = 2.0, 20.0


@dataclass(frozen=True, slots=True)
class Circle:
    """A town: degrees (WGS 84), what its area stands for, its shade (0 to 5), what it is called, where it leads."""

    latitude: float
    longitude: float
    value: float
    shade: int
    title: str
    href: str


def world_map(circles: Sequence[Circle], *, label: str) -> Svg:
    """The outline of the land and `circles`, the largest below, so that none is hidden."""
    highest = highest_of(circle.value for circle in circles)
    ordered = sorted(circles, key=lambda circle: -circle.value)
    land = node("path", class_="land", d=outline_path())
    box = f"0 0 {WIDTH:g} {HEIGHT:g}"
    return drawing([land, *(_circle(circle, highest) for circle in ordered)], label=label, class_="world", viewBox=box)


def _circle(circle: Circle, highest: float) -> Node:
    x, y = project(latitude=circle.latitude, longitude=circle.longitude)
    radius = area_radius(circle.value, highest, smallest=_SMALLEST, largest=_LARGEST)
    mark = node(
        "circle",
        [node("title", text=circle.title)],
        class_=f"town index-{circle.shade}",
        cx=x,
        cy=y,
        r=radius,
    )
    # Hundreds of stops would bar the way of a keyboard; the table below has the same links.
    return node("a", [mark], href=circle.href, tabindex=-1)


@cache
def outline_path() -> str:
    """The land as the `d` of a path, in the units of `project`."""
    path: str = json.loads(_LAND.read_text())["path"]
    return path
