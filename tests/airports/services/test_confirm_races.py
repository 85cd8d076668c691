"""A link that is confirmed twice at the same moment, with its protection and without."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from threading import Barrier, BrokenBarrierError

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import connection

from airports.fields import Value
from airports.models import Airport, PendingChange
from airports.querysets import PendingChangeQuerySet
from airports.services.confirm_change import confirm_change
from airports.services.request_change import request_change, request_creation
from airports.services.update_airport import update_airport
from config.common.problems import Conflict
from tests.airports.builders import make_valencia
from tests.imports.crowd import together
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

PLACE: dict[str, Value] = {"name": "X", "latitude": 1.0, "longitude": 2.0}
CROWD = 6
ROUNDS = 5


def post(link: str, client: httpx.Client) -> httpx.Response:
    """Confirms."""
    return client.post(link)


def confirm_twice(monkeypatch: pytest.MonkeyPatch, claim: Callable[..., bool]) -> list[str]:
    """What became of two confirmations of one link, both of which have looked before one of them claims it."""
    superuser = User.objects.create_superuser("root")
    token = request_creation(values=PLACE, actor=None).token
    both_are_here = Barrier(2, timeout=2)

    def claim_together(self: PendingChangeQuerySet, change_id: int, now: datetime) -> bool:
        with suppress(BrokenBarrierError):
            both_are_here.wait()
        return claim(self, change_id, now)

    def confirm(_: int) -> str:
        try:
            confirm_change(token=token, actor=superuser)
        except Conflict:
            return "refused"
        finally:
            connection.close()
        return "applied"

    monkeypatch.setattr(PendingChangeQuerySet, "claim", claim_together)
    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(confirm, range(2)))


def unprotected(self: PendingChangeQuerySet, change_id: int, now: datetime) -> bool:
    """`claim` that looks first and writes then, as the code would that does without the condition."""
    is_free = PendingChange.objects.filter(pk=change_id, applied_at=None).exists()
    # The other one is to look before this one's mark is seen.
    with suppress(BrokenBarrierError):
        _LOOKED.wait()
    PendingChange.objects.filter(pk=change_id).update(applied_at=now)
    return is_free


_LOOKED = Barrier(2, timeout=2)


def test_one_of_two_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    assert confirm_twice(monkeypatch, PendingChangeQuerySet.claim) == ["applied", "refused"]
    assert Airport.objects.count() == 1


def test_without_the_conditional_claim_both_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert confirm_twice(monkeypatch, unprotected) == ["applied", "applied"]
    assert Airport.objects.count() == 2


def test_of_a_crowd_at_one_link_one_gets_through(server: Server, token_of: Callable[[str], str]) -> None:
    token = token_of("Editors")
    for number in range(1, ROUNDS + 1):
        link = f"/confirm/{request_creation(values=PLACE, actor=None).token}"
        statuses = together(server, token, [partial(post, link)] * CROWD)
        assert sorted(statuses) == [201] + [409] * (CROWD - 1)
        assert Airport.objects.count() == number


def test_of_two_links_to_one_airport_the_later_is_outdated(server: Server, token_of: Callable[[str], str]) -> None:
    token, airport = token_of("Editors"), make_valencia()
    for number in range(ROUNDS):
        asked = [request_change(airport_id=airport.pk, values={"city": f"{number} {n}"}, actor=None) for n in "ab"]
        links = [f"/confirm/{one.token}" for one in asked]
        acts = [partial(post, link) for link in links]
        assert sorted(together(server, token, acts)) == [200, 409]
    assert Airport.objects.get().version == ROUNDS + 1


def test_a_link_and_a_change_at_once_leave_no_change_unseen(server: Server, token_of: Callable[[str], str]) -> None:
    """Either the link came first and both are written, or the change did and the link is outdated."""
    token, airport = token_of("Editors"), make_valencia()
    for number in range(ROUNDS):
        update_airport(airport_id=airport.pk, values={"city": "Old", "tz": None}, actor=None)
        link = f"/confirm/{request_change(airport_id=airport.pk, values={'city': 'New'}, actor=None).token}"
        acts: list[Callable[[httpx.Client], httpx.Response]] = [
            partial(post, link),
            lambda client: client.patch(f"/airports/{airport.pk}", json={"tz": "Europe/Madrid"}),
        ]
        confirmed, changed = together(server, token, acts)
        airport.refresh_from_db()
        assert changed == 200, number
        assert (airport.city, airport.tz) == ("New" if confirmed == 200 else "Old", "Europe/Madrid")
