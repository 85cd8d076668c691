"""Boxes on the sphere."""

import math

from hypothesis import example, given
from hypothesis import strategies as st

from airports.geo import EARTH_RADIUS, Box, Point, box_around

# As exact as the fields are: what is next to nothing is zero.
latitudes = st.floats(-90, 90).map(lambda degrees: round(degrees, 9))
longitudes = st.floats(-180, 180).map(lambda degrees: round(degrees, 9))
points = st.builds(Point, latitudes, longitudes)
HALF_ROUND = math.pi * EARTH_RADIUS


def metres_between(one: Point, other: Point) -> float:
    """By the haversine, which is another formula than ours."""
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    turn = math.radians(other.longitude - one.longitude)
    square = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(turn / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(square)))


def holds(box: Box, place: Point) -> bool:
    """Whether any part of the box has the place."""
    return any(
        part.west <= place.longitude <= part.east and part.south <= place.latitude <= part.north for part in box.parts()
    )


@given(points, points, st.floats(0, HALF_ROUND))
@example(Point(0, 180), Point(0, -180), 0.0)
@example(Point(89.9, 0), Point(89.9, 180), 23_000.0)
@example(Point(-17.75, 179.9), Point(-17.75, -179.9), 30_000.0)
def test_the_box_around_a_circle_holds_every_place_in_the_circle(centre: Point, place: Point, radius: float) -> None:
    if metres_between(centre, place) <= radius:
        assert holds(box_around(centre, radius), place)


@given(points, st.floats(0, HALF_ROUND))
def test_the_box_around_a_circle_stays_on_the_globe(centre: Point, radius: float) -> None:
    for part in box_around(centre, radius).parts():
        assert -180 <= part.west <= part.east <= 180
        assert -90 <= part.south <= part.north <= 90


def test_the_box_around_a_small_circle_is_small() -> None:
    box = box_around(Point(0, 0), 111_195)
    assert [round(edge, 3) for edge in (box.west, box.south, box.east, box.north)] == [-1, -1, 1, 1]


def test_around_a_pole_every_meridian_is_near() -> None:
    box = box_around(Point(89, 10), 200_000)
    assert [box.west, box.east, box.north] == [-180, 180, 90]


def test_a_box_across_the_antimeridian_has_a_part_on_each_side() -> None:
    assert Box(170, -20, -170, 20).parts() == [Box(170, -20, 180, 20), Box(-180, -20, -170, 20)]


def test_a_box_that_ends_on_the_antimeridian_holds_both_its_names() -> None:
    assert Box(170, -20, 180, 20).parts() == [Box(170, -20, 180, 20), Box(-180, -20, -180, 20)]
    assert Box(-180, -20, -170, 20).parts() == [Box(-180, -20, -170, 20), Box(180, -20, 180, 20)]
    assert Box(-180, -90, 180, 90).parts() == [Box(-180, -90, 180, 90)]
