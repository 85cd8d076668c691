"""Old versions brought back from the history."""

import pytest
from django.contrib.auth.models import User

from airports.models import Airport
from airports.services.bring_back import recreate_airport, revert_airport
from airports.services.delete_airport import delete_airport
from airports.services.history import history_of
from airports.services.update_airport import update_airport
from config.common.problems import Conflict, NotFound, Stale
from tests.airports.builders import make_airport, make_valencia

pytestmark = pytest.mark.django_db


def test_an_airport_becomes_what_it_was(superuser: User) -> None:
    airport = make_valencia()
    first = history_of(airport_id=airport.pk)[0]
    update_airport(airport_id=airport.pk, values={"city": "Elsewhere"}, actor=None)
    reverted = revert_airport(airport_id=airport.pk, history_id=first.history_id, actor=superuser, versions={2})
    newest = history_of(airport_id=airport.pk)[0]
    assert [reverted.city, reverted.version] == ["Valencia", 3]
    assert [newest.history_user, newest.history_change_reason] == [superuser, "back to version 1"]


def test_who_knows_an_older_version_is_refused() -> None:
    airport = make_valencia()
    first = history_of(airport_id=airport.pk)[0]
    update_airport(airport_id=airport.pk, values={"city": "Elsewhere"}, actor=None)
    with pytest.raises(Stale):
        revert_airport(airport_id=airport.pk, history_id=first.history_id, actor=None, versions={1})


def test_the_version_of_another_airport_is_not_found() -> None:
    airport, other = make_valencia(), make_airport()
    with pytest.raises(NotFound):
        revert_airport(airport_id=airport.pk, history_id=history_of(airport_id=other.pk)[0].history_id, actor=None)


def test_an_airport_that_is_gone_is_made_again_with_a_number_of_its_own(superuser: User) -> None:
    airport = make_valencia()
    first, gone = history_of(airport_id=airport.pk)[0].history_id, airport.pk
    with pytest.raises(Conflict, match="not been deleted for good"):
        recreate_airport(airport_id=gone, history_id=first, actor=superuser)
    delete_airport(airport_id=gone, actor=None)
    made = recreate_airport(airport_id=gone, history_id=first, actor=superuser)
    assert [made.iata, made.version, made.pk == gone] == ["VLC", 1, False]
    assert history_of(airport_id=made.pk)[0].history_change_reason == f"made again of airport {gone}, version 1"
    with pytest.raises(Conflict, match="Another airport has this code"):
        recreate_airport(airport_id=gone, history_id=first, actor=superuser)
    assert Airport.objects.count() == 1
