"""The table refuses what no airport can be, whoever writes."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from airports.models import Airport

pytestmark = pytest.mark.django_db

PLACE: dict[str, Any] = {"name": "Here", "latitude": 1.0, "longitude": 2.0}


@pytest.mark.parametrize(
    ("value", "constraint"),
    [
        ({"name": ""}, "airport_has_name"),
        ({"latitude": 90.1}, "airport_latitude_range"),
        ({"latitude": float("nan")}, "airport_latitude_range"),
        ({"longitude": float("-inf")}, "airport_longitude_range"),
        ({"longitude": 180.1}, "airport_longitude_range"),
        ({"altitude": float("nan")}, "airport_altitude_range"),
        ({"timezone": float("inf")}, "airport_timezone_range"),
        ({"iata": "ab"}, "airport_iata_format"),
        ({"iata": "abc"}, "airport_iata_format"),
        ({"icao": "_AYM"}, "airport_icao_format"),
        ({"dst": "Q"}, "airport_dst_known"),
        ({"is_deleted": True}, "airport_flag_has_moment"),
        ({"deleted_at": timezone.now()}, "airport_flag_has_moment"),
    ],
)
def test_an_impossible_value_is_refused(value: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Airport.objects.create(**PLACE | value)


@pytest.mark.parametrize("code", [{"iata": "ABC"}, {"icao": "ABCD"}])
def test_a_code_is_unique_among_live_airports_only(code: dict[str, str]) -> None:
    Airport.objects.create(**PLACE, **code, is_deleted=True, deleted_at=timezone.now())
    Airport.objects.create(**PLACE, **code)
    with pytest.raises(IntegrityError, match="_unique"):
        Airport.objects.create(**PLACE, **code)
