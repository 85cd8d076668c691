"""Deliveries that real workers load: killed, cut off, sent twice. Each is loaded once, and nothing accepted is lost."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from rest_framework.test import APIClient

from config.common.background.publishing import publish
from imports.models import Citizen, Import, RawChunk
from imports.services.loading import receive_delivery as service
from imports.services.loading.receive_delivery import LOAD, LOAD_LARGE
from imports.tasks import erase_bodies, sweep_stalled
from tests.background.workers import PrivateRedis, kill, start_worker, until
from tests.factories import alike, people
from tests.held import held
from tests.imports.world import body_of, lines_of, received, stored

pytestmark = pytest.mark.django_db(transaction=True)

LEASE_SECONDS = "2"
LINES = "application/x-ndjson"
# Several chunks of a COPY.
MANY = 2_000


@pytest.fixture
def hold() -> Iterator[Callable[[], None]]:
    """Holds every load up as it begins to write, until this is called."""
    with held("imports_citizen") as go_on:
        yield go_on


@pytest.fixture(scope="module")
def worker(django_db_setup: None) -> Iterator[None]:
    """A worker whose processes may be killed, but not itself; it keeps no body of what is complete."""
    with start_worker(concurrency=2, LEASE_SECONDS=LEASE_SECONDS, IMPORT_BODY_DAYS="0"):
        yield


def accept(client: APIClient, body: bytes, query: str = "", media_type: str = "application/json") -> str:
    """The URL of a delivery that was taken in."""
    headers: dict[str, Any] = {"HTTP_PREFER": "respond-async"}
    answer = client.post(f"/imports{query}", body, content_type=media_type, **headers)
    assert answer.status_code == 202
    return str(answer["Location"])


def status_of(client: APIClient, url: str) -> str:
    return str(client.get(url).json()["data"]["status"])


def becomes(client: APIClient, url: str, status: str) -> None:
    until(lambda: status_of(client, url) == status)


def loader() -> int | None:
    """The process of PostgreSQL in which a load waits for the held lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name LIKE 'imports.load:%%' AND wait_event_type = 'Lock'"
        )
        row = cursor.fetchone()
    return row[0] if row else None


def worker_of(url: str) -> int:
    """The process that holds the lease of the import."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT holder FROM background_lease WHERE name = %s", [f"imports.load:{url.rpartition('/')[2]}"]
        )
        return int(cursor.fetchone()[0].rpartition(":")[2])


def sweeping(client: APIClient, url: str) -> Callable[[], bool]:
    """Sweeps, as beat has it done, until the import is complete."""

    def swept() -> bool:
        sweep_stalled()
        time.sleep(0.2)
        return status_of(client, url) == "complete"

    return swept


def loaded_once(client: APIClient, url: str, count: int) -> None:
    row = client.get(url).json()["data"]
    assert (row["status"], row["citizens"], row["processed"]) == ("complete", count, count)
    assert Citizen.objects.count() == count


def another_one_finishes(client: APIClient, hold: Callable[[], None], begin: Callable[[], str]) -> None:
    """A worker is killed in the middle of what `begin` sends, and the next one loads it."""
    large_from = str(settings.IMPORT_LARGE_BYTES)
    worker = partial(start_worker, LEASE_SECONDS=LEASE_SECONDS, IMPORT_LARGE_BYTES=large_from)
    with worker() as first:
        url = begin()
        until(loader)
        kill(first)
    hold()
    assert status_of(client, url) == "loading"
    with worker():
        until(sweeping(client, url))
    loaded_once(client, url, MANY)


def overtaken_while_frozen(client: APIClient, hold: Callable[[], None], url: str) -> None:
    """The process that loads it is frozen; another one loads it, before the first one goes on."""
    until(loader)
    frozen = worker_of(url)
    os.kill(frozen, signal.SIGSTOP)
    hold()
    until(sweeping(client, url))
    os.kill(frozen, signal.SIGCONT)
    time.sleep(1)
    loaded_once(client, url, MANY)
    assert Import.objects.get().attempts == 2


# Before the tests of the shared worker, which would take the work of theirs.
def test_what_a_killed_worker_began_another_one_finishes(manager: APIClient, hold: Callable[[], None]) -> None:
    another_one_finishes(manager, hold, lambda: accept(manager, body_of(alike(MANY))))


@pytest.mark.thorough
@pytest.mark.parametrize("large_from", ["1", "1000000000"])
def test_lines_that_a_killed_worker_began_another_one_finishes(
    manager: APIClient, hold: Callable[[], None], settings: Any, large_from: str
) -> None:
    settings.IMPORT_LARGE_BYTES = int(large_from)
    another_one_finishes(manager, hold, lambda: accept(manager, lines_of(alike(MANY)), media_type=LINES))


@pytest.mark.thorough
def test_a_worker_that_froze_in_lines_is_overtaken_and_writes_nothing_when_it_wakes_up(
    manager: APIClient, hold: Callable[[], None], settings: Any
) -> None:
    settings.IMPORT_LARGE_BYTES = 1
    with start_worker(concurrency=2, LEASE_SECONDS=LEASE_SECONDS, IMPORT_LARGE_BYTES="1"):
        overtaken_while_frozen(manager, hold, accept(manager, lines_of(alike(MANY)), media_type=LINES))


def test_a_large_one_that_is_loaded_sends_the_next_without_waiting_for_the_sweep(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMPORT_LARGE_BYTES = 1
    # As those whose message found another at work.
    monkeypatch.setattr(service, "enqueue", lambda *_, **__: None)
    first, *_others = (received(body_of(people(2))) for _ in range(3))
    with start_worker(IMPORT_LARGE_BYTES="1"):
        assert publish(LOAD_LARGE, kwargs={"import_id": first})
        until(lambda: Import.objects.by_status() == {"complete": 3})


def test_what_is_accepted_without_redis_is_loaded_when_it_is_back(manager: APIClient, redis: PrivateRedis) -> None:
    redis.kill()
    begun = time.monotonic()
    url = accept(manager, body_of(alike(3)))
    assert time.monotonic() - begun < 2
    redis.start()
    with start_worker(REDIS_URL=redis.url):
        assert status_of(manager, url) == "queued"
        until(sweeping(manager, url))
    loaded_once(manager, url, 3)


def test_ten_thousand_residents_from_the_202_to_complete(
    manager: APIClient, record_property: Any, worker: None
) -> None:
    citizens = alike(10_000)
    body = json.dumps({"citizens": citizens}).encode()
    becomes(manager, accept(manager, body_of(people(1))), "complete")
    begun = time.monotonic()
    url = accept(manager, body)
    accepted = time.monotonic()
    becomes(manager, url, "complete")
    record_property("seconds", f"202 after {accepted - begun:.2f}, complete {time.monotonic() - accepted:.2f} later")
    assert stored(int(url.rpartition("/")[2])) == {one["citizen_id"]: one for one in citizens}


def test_a_killed_child_costs_a_second_attempt_and_nothing_else(
    manager: APIClient, hold: Callable[[], None], worker: None
) -> None:
    url = accept(manager, body_of(alike(MANY)))
    until(loader)
    os.kill(worker_of(url), signal.SIGKILL)
    hold()
    until(sweeping(manager, url))
    loaded_once(manager, url, MANY)
    assert Import.objects.get().attempts == 2


def test_a_worker_that_froze_is_overtaken_and_writes_nothing_when_it_wakes_up(
    manager: APIClient, hold: Callable[[], None], worker: None
) -> None:
    overtaken_while_frozen(manager, hold, accept(manager, body_of(alike(MANY))))


def test_a_message_that_is_delivered_twice_is_one_load(
    manager: APIClient, hold: Callable[[], None], worker: None
) -> None:
    import_id = received(body_of(alike(MANY)))
    for _ in range(3):
        assert publish(LOAD, kwargs={"import_id": import_id, "an_argument": "of tomorrow"})
    until(loader)
    hold()
    becomes(manager, f"/imports/{import_id}", "complete")
    time.sleep(0.5)
    loaded_once(manager, f"/imports/{import_id}", MANY)
    assert Import.objects.get().attempts == 1


def test_a_load_that_is_cancelled_in_the_middle_stores_nothing_and_can_be_retried(
    manager: APIClient, hold: Callable[[], None], worker: None
) -> None:
    url = accept(manager, body_of(alike(MANY)))
    until(loader)
    assert manager.post(f"{url}/cancel").status_code == 202
    hold()
    until(lambda: loader() is None)
    assert manager.get(f"{url}/citizens").status_code == 409
    assert (status_of(manager, url), Citizen.objects.count()) == ("cancelled", 0)
    assert manager.post(f"{url}/retry").status_code == 202
    until(sweeping(manager, url))
    loaded_once(manager, url, MANY)


def test_a_review_waits_for_a_human_and_then_goes_on(manager: APIClient, settings: Any, worker: None) -> None:
    settings.IMPORT_BODY_DAYS = 7
    first = accept(manager, body_of(people(3)))
    becomes(manager, first, "complete")
    assert RawChunk.objects.count() == 0
    approved, discarded = (accept(manager, body_of(people(4)), "?review=true") for _ in range(2))
    for url in (approved, discarded):
        becomes(manager, url, "checked")
    review = manager.get(approved).json()["data"]["review"]
    assert (review["residents"], review["new"], review["changed"]) == (4, 1, 3)
    assert (manager.get(f"{approved}/citizens").status_code, Citizen.objects.count()) == (409, 3)
    assert manager.post(f"{discarded}/discard").status_code == 202
    assert manager.post(f"{approved}/approve").status_code == 202
    becomes(manager, approved, "complete")
    assert (status_of(manager, discarded), Citizen.objects.count()) == ("cancelled", 7)
    assert RawChunk.objects.values("delivery_id").distinct().count() == 1


def test_bodies_whose_time_is_over_are_erased_by_a_task(monkeypatch: pytest.MonkeyPatch, worker: None) -> None:
    monkeypatch.setattr(service, "enqueue", lambda *_, **__: None)
    received(b"{}")
    Import.objects.update(status="complete", settled_at="2020-01-01T00:00:00Z")
    assert publish(erase_bodies.name, kwargs={})
    until(lambda: RawChunk.objects.count() == 0)
    assert Import.objects.get().body_size is None
