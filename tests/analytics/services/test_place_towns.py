"""Placing the towns of the aggregates."""

import pytest
from django.contrib.auth.models import User

from analytics.models import CurrentSegment, TownAlias, TownPlace
from analytics.services.place_towns import Placing, place_all_towns, place_towns
from analytics.services.town_aliases import remove_alias, set_alias
from analytics.services.unplaced_towns import candidates, unplaced
from tests.airports.builders import make_airport

pytestmark = pytest.mark.django_db
KYIV, VALENCIA_VE = 703448, 3625549


def demand(*towns: str, courses: int = 1) -> None:
    """One segment of the current picture for each town."""
    for town in towns:
        CurrentSegment.objects.create(
            town=town, age_group=0, channel="c", gender="male", residents=courses, courses=courses, buyers=1
        )


def test_what_stands_in_the_aggregates_is_placed() -> None:
    demand("Kyiv", "Xyzzy")
    assert place_towns() == Placing(placed=1, unplaced=1)
    assert place_towns() == Placing()
    place = TownPlace.objects.get(pk="Kyiv")
    assert (place.method, place.city, place.country, place.geoname_id, place.time_zone) == (
        "name", "Kyiv", "UA", KYIV, "Europe/Kyiv",
    )  # fmt: skip
