"""A flood of queued creates while a worker and Redis are killed: every one is written once, or says why not."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.db import connection, transaction

from airports.models import Airport, QueuedCreate
from airports.services.queue_create import DRAIN, PAUSE_SECONDS
from config.common.background.publishing import publish
from tests.airports.builders import make_airport
from tests.background.workers import PrivateRedis, kill, start_worker, until
from tests.effort import tries
from tests.imports.crowd import in_threads
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)

CALLERS = 4
EACH = tries(300)
# Every tenth is invalid.
BAD = 10
HELD = "HELD"


class Flood:
    """Callers that send creates and remember where they were told to look."""

    def __init__(self, server: Server, token: str) -> None:
        self._server, self._token = server, token
        self.accepted: dict[str, str] = {}

    def send(self, caller: int) -> None:
        with self._server.client(self._token) as client:
            for number in range(EACH):
                name = f"{caller}-{number}"
                answer = client.put("/create", json=airport(name), headers={"Prefer": "respond-async"})
                assert answer.status_code == 202
                self.accepted[name] = answer.headers["Location"]


def airport(name: str) -> dict[str, Any]:
    """The fifth of each caller has a code that makes a drain wait while somebody else has it."""
    caller, number = map(int, name.split("-"))
    codes = {"icao": HELD} if (caller, number) == (0, 5) else {}
    return {"name": name, "latitude": 1.5 if number % BAD else 91, "longitude": number / 10, **codes}


def test_a_flood_is_written_once_while_a_worker_and_redis_are_killed(
    token_of: Callable[[str], str], redis: PrivateRedis
) -> None:
    token = token_of("Managers")
    with start_server(REDIS_URL=redis.url) as server:
        flood = Flood(server, token)
        in_threads([*((flood.send, caller) for caller in range(CALLERS)), (kill_both_at_work, redis)], seconds=120)
        with start_worker(REDIS_URL=redis.url, CELERY_SOCKET_TIMEOUT="3"):
            until(drained, seconds=60)
        total = CALLERS * EACH
        assert (len(flood.accepted), len(set(flood.accepted.values())), QueuedCreate.objects.count()) == (total,) * 3
        good = {name for name in flood.accepted if int(name.partition("-")[2]) % BAD}
        assert sorted(Airport.objects.values_list("name", flat=True)) == sorted(good)
        assert Airport.history.count() == len(good)
        with server.client(token) as client:
            check_answers(client, flood.accepted, good)


def test_what_comes_just_after_a_message_needs_no_other_nor_the_sweep(
    token_of: Callable[[str], str], redis: PrivateRedis
) -> None:
    token = token_of("Managers")
    with start_server(REDIS_URL=redis.url) as server, start_worker(REDIS_URL=redis.url), server.client(token) as client:
        # The worker is there once the first one is written.
        for moment in range(9):
            answer = client.put("/create", json=airport(f"1-{moment + 1}"), headers={"Prefer": "respond-async"})
            assert answer.status_code == 202
            if moment == 0:
                until(is_drained)
            time.sleep(PAUSE_SECONDS / 3)
        until(is_drained)
    assert Airport.objects.count() == 9


def kill_both_at_work(redis: PrivateRedis) -> None:
    """The worker in the middle of a transaction that has airports in it, then Redis."""
    try:
        until(lambda: QueuedCreate.objects.count() > 2 * BAD)
        with transaction.atomic(), start_worker(REDIS_URL=redis.url, CELERY_SOCKET_TIMEOUT="3") as worker:
            make_airport(icao=HELD)
            until(lambda: publish(DRAIN, kwargs={}) and somebody_waits())
            kill(worker)
            redis.kill()
            transaction.set_rollback(True)
        redis.start()
    finally:
        connection.close()


def somebody_waits() -> bool:
    """Whether a transaction waits for the end of another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        (waiting,) = cursor.fetchone() or (0,)
        return bool(waiting)


def drained() -> bool:
    """Sends what beat sends every ten seconds."""
    return publish(DRAIN, kwargs={}) and is_drained()


def is_drained() -> bool:
    """Whether no create waits."""
    return not QueuedCreate.objects.queued().exists()


def check_answers(client: httpx.Client, accepted: dict[str, str], good: set[str]) -> None:
    """A sample of what callers are told."""
    for name, url in list(accepted.items())[::97]:
        told = client.get(url).json()["data"]
        if name in good:
            assert client.get(told["airport_url"]).json()["data"]["name"] == name
        else:
            assert [error["code"] for error in told["errors"]] == ["out_of_range"]
