"""The whole server is killed at random instants: what it answered stays, what it did not is whole or absent."""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from django.db import connection

from imports.models import Import
from tests.effort import tries
from tests.factories import alike, people
from tests.imports.crowd import in_threads
from tests.imports.world import faults, load, stored
from tests.server import Server, reached, start_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

ROUNDS = tries(4)
RESIDENTS = 12
SIZES = (0, 1, 40, 700, 1_500)


@dataclass
class Diary:
    """What callers sent and what they were answered, until the server was gone."""

    import_id: int
    loaded: dict[int, int] = field(default_factory=dict)
    sent: dict[int, list[str]] = field(default_factory=dict)
    kept: dict[int, str] = field(default_factory=dict)

    def post(self, client: httpx.Client, dice: random.Random, bodies: dict[int, Any]) -> None:
        size = dice.choice(SIZES)
        answer = reached(client.post("/imports", json=bodies[size]))
        assert answer.status_code == 201
        self.loaded[answer.json()["data"]["import_id"]] = size

    def patch(self, client: httpx.Client, dice: random.Random, who: int) -> None:
        town = f"town {dice.random()}"
        others = dice.sample(range(1, RESIDENTS + 1), 3)
        self.sent.setdefault(who, []).append(town)
        url = f"/imports/{self.import_id}/citizens/{who}"
        answer = reached(client.patch(url, json={"town": town, "relatives": others[:2], "friends": others[2:]}))
        assert answer.status_code == 200
        self.kept[who] = town


def until_it_dies(server: Server, token: str, seed: int, act: Callable[..., None], *arguments: Any) -> None:
    """Repeats `act` until the server does not answer any more."""
    dice = random.Random(seed)
    with server.client(token) as client:
        while True:
            try:
                act(client, dice, *arguments)
            except httpx.TransportError:
                return


def backends() -> set[int]:
    """The processes of PostgreSQL that serve other connections to this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            # Vacuum comes and goes as it likes.
            " AND backend_type = 'client backend'"
        )
        return {pid for (pid,) in cursor.fetchall()}


def wait_until_only(known: set[int]) -> None:
    """A backend whose client was killed ends its statement first."""
    deadline = time.monotonic() + 20
    while backends() - known:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kill(server: Server, dice: random.Random, diary: Diary) -> None:
    """Some time after the first ones were answered."""
    deadline = time.monotonic() + 30
    while not (diary.loaded and diary.kept) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(dice.uniform(0, 0.7))
    os.killpg(server.process.pid, signal.SIGKILL)


def one_round(token: str, seed: int, bodies: dict[int, Any]) -> Diary:
    """A server from its start to its violent end, and what its callers remember."""
    diary, known, dice = Diary(load(people(RESIDENTS))), backends(), random.Random(seed)
    with start_server() as server:
        posts = [(until_it_dies, server, token, 100 * seed + n, diary.post, bodies) for n in range(2)]
        patches = [(until_it_dies, server, token, 100 * seed + n, diary.patch, n) for n in range(2, 6)]
        in_threads([*posts, *patches, (kill, server, dice, diary)])
    wait_until_only(known)
    return diary


def test_after_a_kill_every_import_is_whole_or_absent_and_every_answer_holds(token_of: Callable[[str], str]) -> None:
    bodies = {size: {"citizens": alike(size)} for size in SIZES}
    expected = {size: {one["citizen_id"]: one for one in body["citizens"]} for size, body in bodies.items()}
    token = token_of("Managers")
    loaded = corrected = 0
    for seed in range(ROUNDS):
        diary = one_round(token, seed, bodies)
        assert faults(diary.import_id) == []
        rows = stored(diary.import_id)
        for who, town in diary.kept.items():
            # The last one answered, or the one after it, whose answer the kill prevented.
            assert rows[who]["town"] in diary.sent[who][diary.sent[who].index(town) :]
        for found in Import.objects.exclude(pk=diary.import_id).filter(pk__gt=diary.import_id):
            assert stored(found.pk) == expected[found.citizen_count]
        sizes = dict(Import.objects.filter(pk__in=diary.loaded).values_list("pk", "citizen_count"))
        assert sizes == diary.loaded
        loaded, corrected = loaded + len(diary.loaded), corrected + len(diary.kept)
    assert min(loaded, corrected) > 0
