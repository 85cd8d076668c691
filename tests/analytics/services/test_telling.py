"""What analytics have people told of: a refresh that stands still, and the week."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.telling.digest import TOP, digest
from analytics.services.telling.stale import LONG, tell_if_stale
from config.common.accounts.services.tokens import issue_token
from config.common.events.models import Event
from config.common.events.services.weekly import record_weekly
from imports.models import Import
from tests.factories import people
from tests.imports.world import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Callable[[str], User]:
    """Somebody with a role."""

    def make(role: str) -> User:
        issue_token(username=role.lower(), role=role)
        return User.objects.get(username=role.lower())

    return make


def test_what_waits_for_long_is_told_once_in_an_episode() -> None:
    began = timezone.now()

    def looked(after: timedelta) -> bool:
        with time_machine.travel(began + after, tick=False):
            return tell_if_stale()

    number = load(people(3))
    assert [looked(timedelta(minutes=minutes)) for minutes in (0, 10, 29)] == [False] * 3
    assert looked(LONG + timedelta(seconds=1))
    assert not looked(2 * LONG)
    event = Event.objects.get()
    assert (event.kind, event.data) == ("demand.stale", {"import_id": number, "imports": 1, "minutes": 30})
    with time_machine.travel(began + 2 * LONG, tick=False):
        refresh_demand()
    assert not looked(2 * LONG + timedelta(minutes=1))
    # Another episode.
    other = load(people(2), source="other")
    assert [looked(3 * LONG), looked(4 * LONG)] == [False, True]
    assert Event.objects.latest("id").data["import_id"] == other


def test_a_refresh_that_works_is_never_told_of_however_much_is_corrected() -> None:
    began = timezone.now()
    first, second = load(people(3)), load(people(2), source="other")
    refresh_demand()
    for minute in range(0, 240, 10):
        with time_machine.travel(began + timedelta(minutes=minute), tick=False):
            # Always something to do, and it is done.
            number = (first, second)[minute // 10 % 2]
            Import.objects.filter(pk=number).update(revision=minute + 1)
            assert not tell_if_stale()
            refresh_demand()
    assert not Event.objects.exists()


def test_the_digest_has_the_figures_of_its_readers_role(reader: Callable[[str], User]) -> None:
    load([*people(60, town="Kyiv", channel="tv"), *people(61, town="Lviv", channel="tv")[60:]])
    refresh_demand()
    of_viewers, of_managers = digest(reader("Viewers"), {}), digest(reader("Managers"), {})
    assert of_managers["residents"] == 61
    assert (of_managers["courses"], of_managers["deliveries"]) == (0, 1)
    for figures in (of_viewers, of_managers):
        assert len(figures["segments"]) <= TOP
        # None that is somebody, whoever reads it: mails leave the house.
        assert all(row["residents"] >= 30 for row in figures["segments"])


def test_without_anything_counted_there_is_a_digest_too(reader: Callable[[str], User]) -> None:
    figures = digest(reader("Viewers"), {})
    assert figures == {"residents": 0, "courses": 0, "deliveries": 0, "segments": []}


def test_two_beats_make_one_week() -> None:
    with time_machine.travel("2026-11-30T06:00:00+00:00", tick=False):
        assert [record_weekly(), record_weekly()] == [1, 0]
    event = Event.objects.get()
    assert (event.kind, event.about, event.data) == ("digest.weekly", "/analytics/opportunities", {"week": "2026-W49"})
