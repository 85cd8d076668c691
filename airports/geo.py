"""Circles and boxes on the sphere, as plain numbers: degrees for angles, metres for distances."""

import math
from dataclasses import dataclass

# The mean radius of the WGS 84 ellipsoid, (2a + b) / 3, in metres.
EARTH_RADIUS = 6_371_008.7714

# Added to the box around a circle, so that rounding cuts no point off; a millimetre is 1e-8 degrees.
_MARGIN = 1e-7


@dataclass(frozen=True, slots=True)
class Point:
    """A place: latitude within ±90, longitude within ±180."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Box:
    """All places between two parallels and two meridians; where `west` > `east` it crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def parts(self) -> "list[Box]":
        """Cuts the box at the antimeridian: one box that does not cross it, or one on each side."""
        if self.west > self.east:
            return [Box(self.west, self.south, 180.0, self.north), Box(-180.0, self.south, self.east, self.north)]
        # 180 and -180 are the same meridian, and an airport on it may be written either way.
        twins = [-edge for edge in {self.west, self.east} if abs(edge) == 180 and self.west != -self.east]
        return [self, *(Box(twin, self.south, twin, self.north) for twin in twins)]


def box_around(centre: Point, radius: float) -> Box:
    """The smallest box, slightly widened, with every place within `radius` metres of `centre`."""
    angle = radius / EARTH_RADIUS
    reach = math.degrees(angle) + _MARGIN
    south, north = centre.latitude - reach, centre.latitude + reach
    if south <= -90 or north >= 90:
        # A pole lies inside, and around a pole every meridian is near.
        return Box(-180.0, max(south, -90.0), 180.0, min(north, 90.0))
    # Where the circle touches its outermost meridians; there sin(angle) < cos(latitude), for no pole is inside.
    sine = min(1.0, math.sin(angle) / math.cos(math.radians(centre.latitude)))
    reach = math.degrees(math.asin(sine)) + _MARGIN
    if reach >= 180:
        return Box(-180.0, south, 180.0, north)
    return Box(_wrapped(centre.longitude - reach), south, _wrapped(centre.longitude + reach), north)


def _wrapped(longitude: float) -> float:
    """Gives the meridian a number within ±180."""
    if longitude < -180:
        return longitude + 360
    return longitude - 360 if longitude > 180 else longitude
