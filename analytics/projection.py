"""The Natural Earth projection (Tom Patterson; polynomial by Bojan Šavrič and others), cut where nobody lives.

The outline of the land and the circles go through this one function, so they cannot disagree.
"""

import math

NORTH, SOUTH = 84.0, -58.0
WIDTH = 1000.0


def _raw(latitude: float, longitude: float) -> tuple[float, float]:
    p2 = math.radians(latitude) ** 2
    p4 = p2 * p2
    x = 0.8707 - 0.131979 * p2 + p4 * (-0.013791 + p4 * (0.003971 * p2 - 0.001529 * p4))
    y = 1.007226 + p2 * (0.015085 + p4 * (-0.044475 + 0.028874 * p2 - 0.005916 * p4))
    return math.radians(longitude) * x, math.radians(latitude) * y


_SCALE = WIDTH / (2 * _raw(0, 180)[0])
_TOP = _raw(NORTH, 0)[1]
HEIGHT = round((_TOP - _raw(SOUTH, 0)[1]) * _SCALE, 1)


def project(*, latitude: float, longitude: float) -> tuple[float, float]:
    """The place on a sheet of `WIDTH` by `HEIGHT` units, from its upper left corner."""
    x, y = _raw(latitude, longitude)
    return WIDTH / 2 + x * _SCALE, (_TOP - y) * _SCALE
