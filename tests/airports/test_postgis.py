"""Our distances are PostGIS's."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from airports.geo import Point
from airports.models import Airport

FIXTURE = Path(__file__).parent / "postgis" / "distances.json.gz"


@pytest.fixture
def postgis() -> dict[str, Any]:
    """Ten points, a thousand airports, and the metres between them as ST_DistanceSphere gives them."""
    fixture: dict[str, Any] = json.loads(gzip.decompress(FIXTURE.read_bytes()))
    return fixture


@pytest.mark.django_db
def test_no_distance_differs_by_a_metre_from_that_of_postgis(postgis: dict[str, Any]) -> None:
    places = [Airport(name=str(n), latitude=lat, longitude=lon) for n, (lat, lon) in enumerate(postgis["airports"])]
    Airport.objects.bulk_create(places)
    worst = 0.0
    for (lat, lon), expected in zip(postgis["points"], postgis["metres"], strict=True):
        ours = (row.distance for row in Airport.objects.with_distance(Point(lat, lon)))  # type: ignore[attr-defined]  # annotated
        worst = max(worst, *(abs(a - b) for a, b in zip(ours, expected, strict=True)))
    assert [len(postgis["points"]), len(postgis["airports"])] == [10, 1_000]
    assert worst < 0.001
