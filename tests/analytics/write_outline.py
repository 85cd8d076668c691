"""`make world-outline LAND=land-110m.json`: the outline of the land, projected as the circles on the map are.

The file is of the npm package world-atlas, which has Natural Earth's land 1:110m (public domain) as TopoJSON.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

from analytics.projection import HEIGHT, SOUTH, WIDTH, project

TARGET = Path(__file__).parents[2] / "assets" / "site" / "world.svg"
_SVG = """<!-- The land of the world, 1:110m, in the Natural Earth projection; written by `make world-outline`.
     Natural Earth (naturalearthdata.com), by the npm package world-atlas 2.0.2, land-110m.json.
     The data are in the public domain; the package is under the ISC licence, © Michael Bostock. -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"><path d="{path}"/></svg>
"""
Ring = list[tuple[float, float]]


def main(source: Path) -> None:
    """Writes the outline that `assets/site/charts.js` draws."""
    topology = json.loads(source.read_text())
    arcs = decoded_arcs(topology)
    rings = [
        ring_of(indices, arcs)
        for shape in topology["objects"]["land"]["geometries"]
        for polygon in shape["arcs"]
        for indices in polygon
    ]
    path = "".join(path_of(piece) for ring in rings for piece in pieces(ring) if is_inhabited(piece))
    TARGET.write_text(_SVG.format(width=WIDTH, height=HEIGHT, path=path))


def decoded_arcs(topology: dict[str, Any]) -> list[Ring]:
    """The arcs in degrees: in the file each point is the step from the one before, in whole units."""
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            arc.append((x * scale_x + left, y * scale_y + bottom))
        arcs.append(arc)
    return arcs


def ring_of(indices: list[int], arcs: list[Ring]) -> Ring:
    """A closed line. A negative number is the arc `~number`, backwards; each begins where the last one ended."""
    ring: Ring = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += arc[1:] if ring else arc
    return ring


def pieces(ring: Ring) -> list[Ring]:
    """The parts of a ring on the sheet: one that crosses the date line goes on at the other edge."""
    whole = [ring[0]]
    for longitude, latitude in ring[1:]:
        turns = round((whole[-1][0] - longitude) / 360)
        whole.append((longitude + 360 * turns, latitude))
    copies = ([(longitude + turn, latitude) for longitude, latitude in whole] for turn in (-360, 0, 360))
    return [piece for copy in copies if len(piece := clipped(clipped(copy, 180), -180)) > 3]


def clipped(ring: Ring, edge: float) -> Ring:
    """What of a ring lies between the meridian of Greenwich and `edge`, and beyond Greenwich."""
    sign = 1 if edge > 0 else -1
    kept: Ring = []
    for (x0, y0), (x1, y1) in pairwise(ring):
        if sign * x0 <= sign * edge:
            kept.append((x0, y0))
        if (x0 - edge) * (x1 - edge) < 0:
            kept.append((edge, y0 + (y1 - y0) * (edge - x0) / (x1 - x0)))
    return [*kept, kept[0]] if kept else []


def is_inhabited(ring: Ring) -> bool:
    """Whether it reaches north of where the sheet is cut."""
    return max(latitude for _, latitude in ring) > SOUTH


def path_of(ring: Ring) -> str:
    """A path in tenths of a unit, as steps: a third of the bytes of whole coordinates."""
    tenths = [tuple(round(10 * part) for part in project(latitude=lat, longitude=lon)) for lon, lat in ring]
    distinct = [here for here, before in zip(tenths, [None, *tenths], strict=False) if here != before]
    if len(distinct) < 4:
        return ""
    steps = [(x - a, y - b) for (x, y), (a, b) in zip(distinct[1:-1], distinct, strict=False)]
    first = ",".join(short(part) for part in distinct[0])
    return f"M{first}l{' '.join(','.join(short(part) for part in step) for step in steps)}z"


def short(tenths: int) -> str:
    """`-4` as `-.4`."""
    text = f"{tenths / 10:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


if __name__ == "__main__":
    main(Path(sys.argv[1]))
