"""Finding airports in the database."""

import random

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airports.geo import Box, Point
from airports.models import Airport
from tests.airports.builders import make_airport
from tests.airports.test_geo import HALF_ROUND, holds, latitudes, longitudes, metres_between, points
from tests.effort import tries

pytestmark = pytest.mark.django_db

# The database is the same for every example: they only read.
same_rows = settings(max_examples=tries(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

CALIFORNIA = {
    "San Francisco": (37.773972, -122.43129),
    "Seattle": (47.608013, -122.335167),
    "Sacramento": (38.575764, -121.478851),
    "Oakland": (37.804363, -122.271111),
    "Los Angeles": (34.052235, -118.243683),
    "Alameda": (37.7652, -122.2416),
    "San Bruno": (37.6305, -122.4111),
    "San Rafael": (37.9735, -122.5311),
}


@pytest.fixture
def spread() -> list[Point]:
    """Stored airports all over the globe, poles and antimeridian among them."""
    dice = random.Random(7)
    places = [Point(90, 0), Point(-90, 30), Point(0, 180), Point(0, -180), Point(-17.7, 179.99), Point(-17.7, -179.99)]
    places += [Point(round(dice.uniform(-90, 90), 6), round(dice.uniform(-180, 180), 6)) for _ in range(120)]
    Airport.objects.bulk_create(
        Airport(name=str(number), latitude=place.latitude, longitude=place.longitude)
        for number, place in enumerate(places)
    )
    return places


def distance(one: Point, other: Point) -> float:
    """As the database computes it."""
    Airport.objects.all().delete()
    airport = make_airport(latitude=other.latitude, longitude=other.longitude)
    found = Airport.objects.with_distance(one).get(pk=airport.pk)
    return float(found.distance)  # type: ignore[attr-defined]  # annotated


def test_within_83_km_of_san_francisco_are_its_neighbours_and_no_other_city() -> None:
    for name, (lat, lon) in CALIFORNIA.items():
        make_airport(name, lat, lon)
    found = Airport.objects.within(Point(*CALIFORNIA["San Francisco"]), 83_000)
    assert [airport.name for airport in found] == ["San Francisco", "Oakland", "San Bruno", "Alameda", "San Rafael"]


@same_rows
@given(centre=points, radius=st.floats(0, HALF_ROUND))
def test_a_radius_finds_what_comparing_every_distance_finds(spread: list[Point], centre: Point, radius: float) -> None:
    # Two formulas may differ by rounding, so the edge itself is left out.
    sure = {str(n) for n, place in enumerate(spread) if metres_between(centre, place) < radius - 0.2}
    possible = {str(n) for n, place in enumerate(spread) if metres_between(centre, place) <= radius + 0.2}
    found = {airport.name for airport in Airport.objects.within(centre, radius)}
    assert sure <= found <= possible


@same_rows
@given(centre=points)
def test_the_nearest_come_first(spread: list[Point], centre: Point) -> None:
    distances = [airport.distance for airport in Airport.objects.within(centre, HALF_ROUND)]  # type: ignore[attr-defined]  # annotated
    assert distances == sorted(distances)
    assert len(distances) == len(spread)


@same_rows
@given(one=points, other=points)
def test_a_distance_is_the_same_in_both_directions(db: None, one: Point, other: Point) -> None:
    assert distance(one, other) == pytest.approx(distance(other, one), abs=1e-5)


@same_rows
@given(one=points, via=points, other=points)
def test_no_way_round_is_shorter(db: None, one: Point, via: Point, other: Point) -> None:
    assert distance(one, other) <= distance(one, via) + distance(via, other) + 1e-5


@same_rows
@given(place=points)
def test_a_place_is_at_no_distance_from_itself(db: None, place: Point) -> None:
    assert distance(place, place) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        (Point(90, 0), Point(-90, 77), 20_015_114.352),
        (Point(90, 12), Point(90, -70), 0),
        (Point(0, 180), Point(0, -180), 0),
        (Point(10, 20), Point(-10, -160), 20_015_114.352),
        (Point(0, 179.5), Point(0, -179.5), 111_195.08),
        (Point(40, 20), Point(40, 20.0000001), 0.0085),
    ],
)
def test_distances_at_the_ends_of_the_earth(one: Point, other: Point, metres: float) -> None:
    assert distance(one, other) == pytest.approx(metres, abs=0.001)


@same_rows
@given(west=longitudes, east=longitudes, ends=st.tuples(latitudes, latitudes))
def test_a_box_finds_what_lies_in_it(spread: list[Point], west: float, east: float, ends: tuple[float, float]) -> None:
    box = Box(west, min(ends), east, max(ends))
    found = {int(airport.name) for airport in Airport.objects.in_bbox(box)}
    assert found == {number for number, place in enumerate(spread) if holds(box, place)}


def test_a_radius_is_answered_by_the_index(spread: list[Point]) -> None:
    dice = random.Random(1)
    Airport.objects.bulk_create(
        Airport(name="X", latitude=dice.uniform(-90, 90), longitude=dice.uniform(-180, 180)) for _ in range(3_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE airports_airport")
    plans = [Airport.objects.live().within(Point(-17.7, lon), 100_000).explain() for lon in (10.0, 179.9)]
    assert [plan.count("airport_place") for plan in plans] == [1, 2]


def test_names_are_ordered_by_code_point() -> None:
    names = ["Zürich", "abc", "Ávila", "Oslo", "Zurich", "_"]
    for name in names:
        make_airport(name)
    assert [airport.name for airport in Airport.objects.sorted_by("name")] == sorted(names)
    assert [airport.name for airport in Airport.objects.sorted_by("-name")] == sorted(names, reverse=True)


def test_what_is_unknown_comes_last_in_both_directions() -> None:
    make_airport("unknown")
    make_airport("low", altitude=1.0)
    make_airport("high", altitude=2.0)
    assert [airport.name for airport in Airport.objects.sorted_by("altitude")] == ["low", "high", "unknown"]
    assert [airport.name for airport in Airport.objects.sorted_by("-altitude")] == ["high", "low", "unknown"]


def test_words_are_found_in_name_city_and_country_and_as_a_code() -> None:
    make_airport("El Prat", city="Barcelona", country="Spain", iata="BCN", icao="LEBL")
    make_airport("Barajas", city="Madrid", country="Spain", iata="MAD", icao="LEMD")
    found = {
        words: [a.name for a in Airport.objects.matching(words)] for words in ("PRAT", "barc", "spa", "mad", "lebl")
    }
    assert found == {
        "PRAT": ["El Prat"],
        "barc": ["El Prat"],
        "spa": ["El Prat", "Barajas"],
        "mad": ["Barajas"],
        "lebl": ["El Prat"],
    }


def test_words_are_not_a_pattern() -> None:
    make_airport("50% off")
    make_airport("Other")
    assert [airport.name for airport in Airport.objects.matching("%")] == ["50% off"]


def test_a_country_is_found_by_its_names_and_codes() -> None:
    make_airport("Yangon", country="Burma")
    make_airport("Mandalay", country="Myanmar")
    make_airport("Oslo", country="Norway")
    found = {country: [a.name for a in Airport.objects.in_country(country)] for country in ("MM", "mmr", "myanmar")}
    assert found == {country: ["Yangon", "Mandalay"] for country in ("MM", "mmr", "myanmar")}
    assert [a.name for a in Airport.objects.in_country("Norway")] == ["Oslo"]
    assert not Airport.objects.in_country("Atlantis").exists()
