"""Loading what was received, of either format: in steps that may be repeated, by one worker at a time, until somebody
says stop; and what a review of it says."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient

from config.common.background.leases import lease
from imports.documents.copy import copy_rows
from imports.models import Import, RawChunk
from imports.services.loading import _progress, load_stream
from imports.services.loading import load_received as module
from imports.services.loading.load_received import LARGE_LEASE, MAX_ATTEMPTS, WAITS, load_large_received, load_received
from imports.services.loading.receive_delivery import reload_delivery
from imports.services.loading.steer_delivery import approve_delivery, retry_delivery
from tests.factories import alike, delivery, people
from tests.imports.world import body_of, counts, lines_of, received, stored

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "imports.load:{}"
DOCUMENT, LINES = "application/json", "application/x-ndjson"
BOTH = pytest.mark.parametrize("format", [DOCUMENT, LINES])


def sent(citizens: list[dict[str, Any]], format: str, **values: Any) -> int:
    """The id of a new delivery of them that waits to be loaded."""
    return received(body_of(citizens) if format == DOCUMENT else lines_of(citizens), media_type=format, **values)


def load_now(import_id: int) -> str:
    return load_received(import_id=import_id)


def row_of(import_id: int) -> Import:
    return Import.objects.get(pk=import_id)


def elsewhere(sql: str, *values: Any) -> Any:
    """What somebody else does, on a connection of their own."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchone() if cursor.description else None
    other.close()
    return found


def in_the_middle(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], object]) -> None:
    """Has `act` called before each chunk of rows but the first one, with the number of the chunk."""

    numbers = count()

    def rows(citizens: Any, import_id: int) -> Iterator[bytes]:
        for chunk in copy_rows(citizens, import_id):
            if number := next(numbers):
                act(number)
            yield chunk

    for where in (module, load_stream):
        monkeypatch.setattr(where, "copy_rows", rows)


@BOTH
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_it_is_loaded_as_it_was_sent(format: str, encoding: str) -> None:
    citizens = delivery(500, relations=600, seed=3)
    body = body_of(citizens) if format == DOCUMENT else lines_of(citizens)
    packed = gzip.compress(body) if encoding == "gzip" else body
    import_id = received(packed, media_type=format, content_encoding=encoding)
    assert (row_of(import_id).status, counts()) == ("queued", (1, 0))
    assert load_now(import_id) == "complete"
    assert stored(import_id) == {citizen["citizen_id"]: citizen for citizen in citizens}
    row = row_of(import_id)
    assert (row.status, row.citizen_count, row.processed, row.errors, row.attempts) == ("complete", 500, 500, [], 1)
    assert row.completed_at is not None


ONE, TWO = people(2)
MANY = [person | {"town": ""} for person in people(150)]
REFUSED = [
    (DOCUMENT, b'{"citizens": ['),
    (DOCUMENT, b""),
    (DOCUMENT, body_of([ONE | {"town": "", "apartment": -1}])),
    (DOCUMENT, body_of(MANY)),
    (DOCUMENT, json.dumps({"citizens": [], "a\0b": 1}).encode()),
    (DOCUMENT, body_of([ONE | {"relatives": [2]}])),
    (LINES, b"{"),
    (LINES, b"\n" + lines_of([ONE])),
    (LINES, lines_of([ONE, TWO | {"town": "", "apartment": -1}])),
    (LINES, lines_of(MANY)),
    (LINES, lines_of([ONE | {"relatives": [2]}, TWO])),
    (LINES, lines_of([ONE, ONE])),
    (LINES, lines_of([ONE, TWO])[:-20]),
]


@pytest.mark.parametrize(("format", "body"), REFUSED, ids=range(len(REFUSED)))
def test_a_failure_leaves_the_errors_that_a_caller_who_waits_is_answered(
    manager: APIClient, format: str, body: bytes
) -> None:
    answer = manager.post("/imports", body, content_type=format).json()
    import_id = received(body, media_type=format)
    assert load_now(import_id) == "failed"
    row = manager.get(f"/imports/{import_id}").json()["data"]
    assert (row["status"], row["processed"], row["errors"]) == ("failed", 0, answer["errors"])
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


def test_what_failed_keeps_its_body_and_can_be_loaded_again(superuser: User, settings: Settings) -> None:
    settings.IMPORT_BODY_DAYS, settings.STREAM_MAX_RATIO = 0, 1
    packed = gzip.compress(lines_of(alike(1_000)) + b"\n" * 2**24)
    import_id = received(packed, media_type=LINES, content_encoding="gzip")
    assert load_now(import_id) == "failed"
    assert row_of(import_id).errors[0]["code"] == "too_large"
    settings.STREAM_MAX_RATIO = 10_000
    retry_delivery(import_id=import_id, actor=superuser)
    assert load_now(import_id) == "complete"
    assert (counts(), RawChunk.objects.count()) == ((1, 1_000), 0)


@BOTH
def test_a_kept_body_is_loaded_once_more_as_what_it_is(format: str) -> None:
    first = sent(people(2), format)
    assert load_now(first) == "complete"
    again = reload_delivery(import_id=first, actor=None)
    assert (load_now(again.pk), stored(again.pk)) == ("complete", stored(first))


def test_processed_counts_up_for_those_who_look(monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = sent(alike(1_000), DOCUMENT)
    seen = list[tuple[int, str]]()
    select = "SELECT processed, status FROM imports_import WHERE id = %s"
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 0)
    in_the_middle(monkeypatch, lambda _: seen.append(elsewhere(select, import_id)))
    assert load_now(import_id) == "complete"
    assert seen == [(processed, "loading") for processed in (200, 400, 600, 800)]


def test_processed_counts_up_while_lines_come(monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = sent(alike(6_000), LINES, chunk=2**20)
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 0)
    written: list[int] = []
    write = _progress.Progress._write

    def watched(self: Any, processed: int) -> None:
        write(self, processed)
        written.append(processed)

    monkeypatch.setattr(_progress.Progress, "_write", watched)
    assert load_now(import_id) == "complete"
    assert written == sorted(written)
    assert 0 < sorted(set(written))[1] < written[-1] <= 6_000


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


@pytest.mark.parametrize("at_once", [1, 2])
def test_so_many_large_ones_are_loaded_at_a_time(settings: Any, at_once: int) -> None:
    settings.IMPORT_LARGE_AT_ONCE = at_once
    import_id = sent(people(2), LINES)
    with ExitStack() as others:
        for number in range(at_once):
            others.enter_context(lease(LARGE_LEASE.format(number)))
        assert load_large_received(import_id=import_id) == WAITS
    assert row_of(import_id).attempts == 0
    assert load_large_received(import_id=import_id) == "complete"


def test_a_review_of_what_is_wrong_fails_and_of_what_is_right_is_loaded_when_it_is_approved(superuser: User) -> None:
    wrong = sent([ONE | {"relatives": [2]}, TWO], LINES, review=True)
    assert load_now(wrong) == "failed"
    right = sent(people(3), LINES, review=True)
    assert (load_now(right), counts()) == ("checked", (2, 0))
    approve_delivery(import_id=right, actor=superuser)
    assert (load_now(right), counts()) == ("complete", (2, 3))


def test_many_residents_who_were_only_looked_at_are_vacuumed_away(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(module, "reclaim_soon", told.append)
    assert load_now(sent(people(3), LINES, review=True)) == "checked"
    assert told == [3]
