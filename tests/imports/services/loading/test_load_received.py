"""Loading what was received: in steps that may be repeated, by one worker at a time, until somebody says stop."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from config.common.background.leases import Held, lease
from imports.documents.copy import copy_rows
from imports.models import Import, RawChunk
from imports.services.loading import _progress
from imports.services.loading import load_received as module
from imports.services.loading.load_received import MAX_ATTEMPTS, load_received
from tests.factories import alike, delivery, people
from tests.imports.world import body_of, counts, received, stored

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "imports.load:{}"


def load_now(import_id: int) -> str:
    return load_received(import_id=import_id)


def row_of(import_id: int) -> Import:
    return Import.objects.get(pk=import_id)


def in_the_middle(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Has `act` called when half of the rows are on their way."""

    def rows(citizens: Any, import_id: int) -> Iterator[bytes]:
        chunks = list(copy_rows(citizens, import_id))
        yield from chunks[: len(chunks) // 2]
        act()
        yield from chunks[len(chunks) // 2 :]

    monkeypatch.setattr(module, "copy_rows", rows)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_received_delivery_is_loaded_as_it_was_sent(encoding: str) -> None:
    citizens = delivery(50, relations=60, seed=3)
    body = body_of(citizens)
    import_id = received(gzip.compress(body) if encoding == "gzip" else body, content_encoding=encoding)
    assert (row_of(import_id).status, counts()) == ("queued", (1, 0))
    assert load_now(import_id) == "complete"
    assert stored(import_id) == {citizen["citizen_id"]: citizen for citizen in citizens}
    row = row_of(import_id)
    assert (row.status, row.citizen_count, row.processed, row.errors, row.attempts) == ("complete", 50, 50, [], 1)
    assert row.completed_at is not None


REFUSED = {
    "not JSON": b'{"citizens": [',
    "nothing": b"",
    "two errors": body_of([people(1)[0] | {"town": "", "apartment": -1}]),
    "more errors than are listed": body_of(person | {"town": ""} for person in people(150)),
    "a key with a NUL": json.dumps({"citizens": [], "a\0b": 1}).encode(),
    "one-sided": body_of([people(1)[0] | {"relatives": [2]}]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_failure_leaves_the_errors_that_a_caller_who_waits_is_answered(manager: APIClient, name: str) -> None:
    answer = manager.post("/imports", REFUSED[name], content_type="application/json").json()
    import_id = received(REFUSED[name])
    assert load_now(import_id) == "failed"
    row = manager.get(f"/imports/{import_id}").json()["data"]
    assert (row["status"], row["errors"]) == ("failed", answer["errors"])
    assert row["more_errors"] == answer.get("more_errors", 0)
    assert row["errors"] != []
    assert counts() == (1, 0)


def test_a_body_that_is_not_gzip_fails_as_it_would_at_once() -> None:
    import_id = received(b"no", content_encoding="gzip")
    assert load_now(import_id) == "failed"
    assert [error["code"] for error in row_of(import_id).errors] == ["malformed_gzip"]


@pytest.mark.parametrize(("setting", "limit"), [("IMPORT_MAX_CITIZENS", 1), ("IMPORT_MAX_BYTES", 100)])
def test_a_delivery_beyond_a_limit_says_so(settings: Any, setting: str, limit: int) -> None:
    import_id = received(body_of(people(2)))
    setattr(settings, setting, limit)
    assert load_now(import_id) == "failed"
    assert [error["code"] for error in row_of(import_id).errors] == ["too_large"]


def test_a_message_that_comes_again_does_nothing() -> None:
    import_id = received(body_of(people(2)))
    assert [load_now(import_id), load_now(import_id)] == ["complete", "stopped"]
    assert counts() == (1, 2)


def test_while_a_worker_is_at_it_another_leaves_it_alone() -> None:
    import_id = received(body_of(people(2)))
    with lease(NAME.format(import_id)):
        assert load_now(import_id) == "taken"
    assert load_now(import_id) == "complete"


def test_what_a_dead_worker_began_is_begun_again() -> None:
    import_id = received(body_of(people(2)))
    Import.objects.update(status="loading", processed=1, attempts=1)
    assert load_now(import_id) == "complete"
    assert (counts(), row_of(import_id).attempts) == ((1, 2), 2)


def test_processed_counts_up_for_those_who_look(monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = received(body_of(alike(1_000)))
    seen = list[int]()

    def watched(citizens: Any, number: int) -> Iterator[bytes]:
        for chunk in copy_rows(citizens, number):
            # Another connection: this one is in the load's transaction.
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("SELECT processed, status FROM imports_import WHERE id = %s", [number])
                processed, status = cursor.fetchone()
            other.close()
            assert status == "loading"
            seen.append(processed)
            yield chunk

    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(module, "copy_rows", watched)
    assert load_now(import_id) == "complete"
    assert seen == [0, 200, 400, 600, 800]


def change(**values: Any) -> Callable[[], object]:
    """What somebody else does to every delivery, on a connection of their own."""

    def act() -> None:
        other = connection.copy()
        with other.cursor() as cursor:
            for name, value in values.items():
                cursor.execute(f"UPDATE imports_import SET {name} = %s", [value])
        other.close()

    return act


@pytest.mark.parametrize("seconds", [0, 60])
@pytest.mark.parametrize("values", [{"status": "cancelled"}, {"deleted_at": timezone.now()}], ids=list)
def test_a_load_that_is_cancelled_or_deleted_on_its_way_stops(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], seconds: float
) -> None:
    """It notices between two chunks, or before the commit."""
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", seconds)
    import_id = received(body_of(alike(1_000)))
    in_the_middle(monkeypatch, change(**values))
    assert load_now(import_id) == "stopped"
    assert counts() == (1, 0)
    assert row_of(import_id).completed_at is None


def test_a_stream_that_was_broken_off_is_not_taken_for_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the last statement would find the delivery as it should be again."""
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(_progress.Progress, "_write", lambda self, _: setattr(self, "is_stopped", True))
    import_id = received(body_of(alike(1_000)))
    assert (load_now(import_id), counts()) == ("stopped", (1, 0))


def test_without_its_condition_the_last_statement_would_bring_a_cancelled_import_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control of the test above."""

    def move(self: Any, **values: Any) -> None:
        Import.objects.filter(pk=self._import_id).update(**values)

    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 60)
    monkeypatch.setattr(module._Load, "_move", move)
    import_id = received(body_of(alike(400)))
    in_the_middle(monkeypatch, change(status="cancelled"))
    assert (load_now(import_id), row_of(import_id).status) == ("complete", "complete")


def take_over() -> None:
    """Somebody else has the lease now."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("UPDATE common_lease SET fence = nextval('common_lease_fence'), holder = 'another'")
    other.close()


@pytest.mark.parametrize("seconds", [0, 60])
def test_a_worker_that_lost_its_lease_cannot_write(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", seconds)
    import_id = received(body_of(alike(1_000)))
    in_the_middle(monkeypatch, take_over)
    assert load_now(import_id) == "stopped"
    assert (counts(), row_of(import_id).status) == ((1, 0), "loading")


def test_without_the_fence_a_late_worker_would_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the test above."""
    monkeypatch.setattr(Held, "assert_fence", lambda _: None)
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 60)
    import_id = received(body_of(alike(1_000)))
    in_the_middle(monkeypatch, take_over)
    assert (load_now(import_id), counts()) == ("complete", (1, 1_000))


def test_a_worker_that_froze_in_its_copy_does_not_keep_the_next_one_waiting() -> None:
    import_id = received(body_of(people(2)))
    frozen = connection.copy()
    frozen.set_autocommit(False)
    with frozen.cursor() as cursor:
        cursor.execute("SELECT set_config('application_name', %s, true)", [NAME.format(import_id)])
        cursor.execute(
            "INSERT INTO imports_citizen (import_id, citizen_id, town, street, building, apartment, name, birth_date,"
            " gender, relatives, friends, channel)"
            " VALUES (%s, 1, 'a', 'a', 'a', 1, 'a', '2000-01-01', 'male', '{}', '{}', 'a')",
            [import_id],
        )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '10s'")
    try:
        assert load_now(import_id) == "complete"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
        frozen.close()
    assert counts() == (1, 2)


def test_what_brings_every_worker_down_is_given_up(manager: APIClient) -> None:
    import_id = received(body_of(people(1)))
    Import.objects.update(status="loading", attempts=MAX_ATTEMPTS)
    assert load_now(import_id) == "failed"
    assert [error["code"] for error in row_of(import_id).errors] == ["gave_up"]
    assert manager.post(f"/imports/{import_id}/retry").status_code == 202
    assert load_now(import_id) == "complete"


@pytest.mark.parametrize(("days", "kept"), [(7, 1), (0, 0)])
def test_the_raw_body_is_kept_or_goes_with_the_last_step(settings: Any, days: int, kept: int) -> None:
    settings.IMPORT_BODY_DAYS = days
    import_id = received(body_of([]))
    assert load_now(import_id) == "complete"
    assert (RawChunk.objects.count(), row_of(import_id).body_size is not None) == (kept, bool(kept))
