"""PostGIS finds what we find: the same airports, at the same distances, and the demand for maps."""

import gzip
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from airports import querysets
from airports.geo import Box, Point
from airports.models import Airport
from airports.postgis import has_places
from analytics.services.placing.nearest_airport import nearest_airport
from analytics.services.placing.use_postgis import drop_postgis, use_postgis
from tests.airports.builders import make_airport
from tests.airports.test_geo import HALF_ROUND, latitudes, longitudes, points
from tests.airports.test_postgis import FIXTURE
from tests.airports.test_querysets import CALIFORNIA
from tests.analytics.counted import make, place
from tests.effort import tries

pytestmark = pytest.mark.django_db
same_rows = settings(max_examples=tries(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def rows(statement: str, *values: float) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


@pytest.fixture
def postgis(db: None) -> Iterator[None]:
    """The columns and the view, in the transaction of the test."""
    use_postgis()
    yield
    drop_postgis()
    assert not has_places()


@pytest.fixture
def world(postgis: None) -> dict[str, Any]:
    """The thousand airports and ten points whose distances PostGIS computed, and twins on the antimeridian."""
    known: dict[str, Any] = json.loads(gzip.decompress(FIXTURE.read_bytes()))
    places = [*known["airports"], (0, 180), (0, -180), (90, 0), (-90, 77)]
    Airport.objects.bulk_create(
        Airport(name=str(n), latitude=lat, longitude=lon) for n, (lat, lon) in enumerate(places)
    )
    rows("ANALYZE airports_airport; SELECT 1")
    return known


def found(asked: Any) -> list[tuple[int, float]]:
    return [(airport.pk, getattr(airport, "distance", 0.0)) for airport in asked]


def without(patch: pytest.MonkeyPatch) -> None:
    """From here on nobody knows of the columns."""
    patch.setattr(querysets, "has_places", lambda: False)


def test_no_distance_differs_by_a_metre_from_that_of_the_column(world: dict[str, Any]) -> None:
    asked = "SELECT id, ST_Distance(place, ST_MakePoint(%s, %s)::geography, false) FROM airports_airport"
    for lat, lon in world["points"]:
        ours = dict(found(Airport.objects.within(Point(lat, lon), HALF_ROUND)))
        theirs = dict(rows(asked, lon, lat))
        assert ours.keys() == theirs.keys()
        assert max(abs(ours[number] - theirs[number]) for number in ours) < 1


def test_within_83_km_of_san_francisco_are_its_neighbours(postgis: None) -> None:
    for name, (lat, lon) in CALIFORNIA.items():
        make_airport(name, lat, lon)
    near = Airport.objects.within(Point(*CALIFORNIA["San Francisco"]), 83_000)
    assert "ST_DWithin" in str(near.query)
    assert [airport.name for airport in near] == ["San Francisco", "Oakland", "San Bruno", "Alameda", "San Rafael"]


@same_rows
@given(centre=points, radius=st.floats(0, HALF_ROUND))
@example(centre=Point(0, 180), radius=0.0)
@example(centre=Point(90, 0), radius=HALF_ROUND)
def test_a_radius_finds_the_same_as_without(world: dict[str, Any], centre: Point, radius: float) -> None:
    by_postgis = found(Airport.objects.within(centre, radius))
    with pytest.MonkeyPatch.context() as patch:
        without(patch)
        assert by_postgis == found(Airport.objects.within(centre, radius))


@same_rows
@given(west=longitudes, east=longitudes, ends=st.tuples(latitudes, latitudes))
@example(west=180.0, east=180.0, ends=(-90.0, 90.0))
@example(west=-180.0, east=180.0, ends=(-90.0, 90.0))
def test_a_box_finds_the_same_as_without(
    world: dict[str, Any], west: float, east: float, ends: tuple[float, float]
) -> None:
    box = Box(west, min(ends), east, max(ends))
    by_postgis = found(Airport.objects.in_bbox(box).order_by("pk"))
    with pytest.MonkeyPatch.context() as patch:
        without(patch)
        assert by_postgis == found(Airport.objects.in_bbox(box).order_by("pk"))


def test_the_nearest_airport_of_a_town_is_the_same(world: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(3)
    towns = [Point(dice.uniform(-90, 90), dice.uniform(-180, 180)) for _ in range(20)]
    by_postgis = [nearest_airport(town) for town in towns]
    without(monkeypatch)
    assert by_postgis == [nearest_airport(town) for town in towns]


def test_its_indexes_answer(world: dict[str, Any]) -> None:
    rows("SET LOCAL enable_seqscan = off; SELECT 1")
    assert "airports_airport_place " in Airport.objects.within(Point(39.5, -0.5), 50_000).explain()
    assert "airports_airport_place_flat " in Airport.objects.in_bbox(Box(-1, 39, 0, 40)).explain()


def test_the_database_keeps_the_column(postgis: None) -> None:
    airport = make_airport("Manises", 39.5, -0.5)
    Airport.objects.filter(pk=airport.pk).update(latitude=-10.0)
    assert rows("SELECT ST_X(place::geometry), ST_Y(place::geometry) FROM airports_airport") == [(-0.5, -10.0)]


def test_maps_open_the_demand_of_cities(postgis: None, manager: APIClient) -> None:
    place("València", city="Valencia", latitude=39.4)
    place("Valencia")
    place("Kyiv", country="", latitude=50.45, longitude=30.52)
    place("Villabajo", method="unplaced", latitude=None, longitude=None, city="", country="")
    sizes = {"Valencia": 20, "València": 6, "Kyiv": 30, "Villabajo": 6}
    make("a", {(town, 1, "tv", "male"): (size, 2 * size, size) for town, size in sizes.items()})
    asked = "SELECT city, country, residents, courses, buyers, courses_per_100, ST_AsText(place) FROM demand_by_city"
    assert sorted(rows(asked)) == [
        ("Kyiv", None, 30, 60, 30, 200, "POINT(30.52 50.45)"),
        ("Valencia", "ES", 26, 52, 26, 200, "POINT(-0.4 39.5)"),
    ]
    kind = "SELECT f_geometry_column, srid, type FROM geometry_columns WHERE f_table_name = 'demand_by_city'"
    assert rows(kind) == [("place", 4326, "POINT")]


def test_done_twice_it_is_done_once(postgis: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("use_postgis")
    assert "Restart web servers and workers" in capsys.readouterr().out
    assert has_places()
