"""Staff say what a town is, and take it back."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import TownAlias, TownPlace
from analytics.services.placing.place_towns import place_towns
from analytics.services.placing.town_aliases import remove_alias, set_alias
from analytics.services.placing.unplaced_towns import unplaced, unplaced_count
from config.common.problems import InvalidInput, NotFound
from config.common.spellings import fold
from tests.airports.builders import make_valencia
from tests.analytics.services.test_place_towns import demand, places
from tests.effort import tries

pytestmark = pytest.mark.django_db
KYIV, LVIV, VILA = 703448, 702550, 3038832
# Reaches one database only once for all its examples: what one leaves the next one finds.
ONCE = settings(deadline=None, max_examples=tries(25), suppress_health_check=[HealthCheck.function_scoped_fixture])


def told(town: str) -> tuple[str, int | None]:
    """How a town is placed, and at which city."""
    place = TownPlace.objects.get(pk=fold(town))
    return place.method, place.geoname_id


def test_an_alias_places_its_town_at_once(superuser: User) -> None:
    airport = make_valencia()
    place = set_alias(town="Capital", geoname_id=KYIV, actor=superuser)
    assert (place.method, place.city, place.airport_id) == ("alias", "Kyiv", airport.pk)
    assert told("Capital") == ("alias", KYIV)
    alias = TownAlias.objects.get()
    assert (alias.town, alias.name, alias.geoname_id, alias.created_by) == ("capital", "Capital", KYIV, superuser)


def test_an_alias_may_name_a_place_of_few_inhabitants() -> None:
    assert set_alias(town="x", geoname_id=VILA, actor=None).city == "Vila"


def test_a_second_alias_of_a_town_takes_the_place_of_the_first(superuser: User) -> None:
    place_towns(towns=["Capital"])
    set_alias(town="Capital", geoname_id=KYIV, actor=None)
    set_alias(town="Capital", geoname_id=LVIV, actor=superuser)
    assert (told("Capital"), TownAlias.objects.get().created_by) == (("alias", LVIV), superuser)
    remove_alias(town="Capital", actor=superuser)
    assert told("Capital") == ("unplaced", None)


def test_an_alias_is_for_every_spelling_of_its_town_and_no_other_town() -> None:
    set_alias(town="Lviv", geoname_id=KYIV, actor=None)
    place_towns(towns=["\u00a0LVIV ", "L'viv"])
    assert (told("Lviv"), told("L'viv")) == (("alias", KYIV), ("name", LVIV))
    set_alias(town=" lviv", geoname_id=VILA, actor=None)
    assert (TownAlias.objects.get().name, told("Lviv")) == (" lviv", ("alias", VILA))
    remove_alias(town="lViv", actor=None)
    assert TownAlias.objects.count() == 0


@ONCE
@given(
    st.sampled_from(["Kyiv", "Xyzzy", "Valencia", "San José", "😀" * 256, "Barcelna", "Москва"]),
    st.sampled_from([KYIV, LVIV, VILA]),
    st.booleans(),
)
def test_an_alias_always_wins_and_its_removal_restores_what_was_before(town: str, city: int, again: bool) -> None:
    place_towns(towns=[town])
    before = places()
    set_alias(town=town, geoname_id=city, actor=None)
    if again:
        place_towns(towns=[town])
    assert told(town) == ("alias", city)
    remove_alias(town=town, actor=None)
    assert places() == before
    place_towns(towns=[town])
    assert places() == before


def test_the_town_of_a_removed_alias_that_was_never_placed_is_left_to_the_task(
    django_capture_on_commit_callbacks: Any,
) -> None:
    set_alias(town="Lviv", geoname_id=KYIV, actor=None)
    with django_capture_on_commit_callbacks() as callbacks:
        assert remove_alias(town="Lviv", actor=None) is None
    assert (TownPlace.objects.count(), len(callbacks)) == (0, 1)


def test_what_is_no_alias_cannot_be_removed() -> None:
    with pytest.raises(NotFound):
        remove_alias(town="Lviv", actor=None)


@pytest.mark.parametrize("geoname_id", [0, -1, 1, 10**30])
def test_an_unknown_city_is_refused_and_nothing_is_stored(geoname_id: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        set_alias(town="Lviv", geoname_id=geoname_id, actor=None)
    assert [(error.pointer, error.code) for error in refusal.value.errors] == [("/geoname_id", "unknown_city")]
    assert (TownAlias.objects.count(), TownPlace.objects.count()) == (0, 0)


@pytest.mark.parametrize("town", ["", " \u00a0", "a" * 257, "a\0b"])
def test_a_town_that_no_delivery_can_have_is_refused(town: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        set_alias(town=town, geoname_id=KYIV, actor=None)
    assert [error.pointer for error in refusal.value.errors] == ["/town"]


def test_unplaced_towns_come_by_their_demand_with_their_candidates() -> None:
    demand("Varshobias", courses=2)
    demand("Xyzzy", courses=5)
    demand("Kyiv", courses=9)
    place_towns()
    place_towns(towns=["Qwrty"])
    found = unplaced(suggested=1)
    assert [(one.town, one.courses, one.residents) for one in found] == [
        ("Xyzzy", 5, 5), ("Varshobias", 2, 2), ("qwrty", 0, 0),
    ]  # fmt: skip
    assert [len(one.candidates) for one in found[:2]] == [0, 1]
    assert found[1].candidates[0].name == "Warsaw"
    assert ([one.town for one in unplaced(limit=1, offset=1)], unplaced_count()) == (["Varshobias"], 3)
