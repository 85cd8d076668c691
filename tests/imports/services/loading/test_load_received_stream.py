"""Received deliveries with one resident a line: loaded as they would be at once, reviewed as a document is."""

import gzip
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient

from config.common.background.leases import Held, lease
from imports.models import Import, RawChunk
from imports.services.loading import _progress, _received_stream
from imports.services.loading import load_received as module
from imports.services.loading.load_received import LARGE_LEASE, MAX_ATTEMPTS, load_large_received, load_received
from imports.services.loading.receive_delivery import reload_delivery
from imports.services.loading.steer_delivery import approve_delivery, retry_delivery
from imports.services.raw_bodies import read_body
from tests.factories import alike, delivery, people, relate
from tests.imports.world import body_of, counts, lines_of, load, received, stored

pytestmark = pytest.mark.django_db(transaction=True)

LINES = "application/x-ndjson"


def sent(body: bytes, **values: Any) -> int:
    """The id of a new delivery that waits to be loaded from lines."""
    return received(body, media_type=LINES, **values)


def load_now(import_id: int) -> str:
    return load_received(import_id=import_id)


def row_of(import_id: int) -> Import:
    return Import.objects.get(pk=import_id)


def elsewhere(sql: str, *values: Any) -> None:
    """What somebody else does, on a connection of their own."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(sql, values)
    other.close()


def in_the_middle(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Has `act` called when half of the raw body was read."""

    def body(import_id: int, **over: Any) -> Iterator[bytes]:
        chunks = list(read_body(import_id, **over))
        yield from chunks[: len(chunks) // 2]
        act()
        yield from chunks[len(chunks) // 2 :]

    monkeypatch.setattr(_received_stream, "read_body", body)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_it_is_loaded_as_it_was_sent(encoding: str) -> None:
    citizens = delivery(500, relations=600, seed=3)
    body = lines_of(citizens)
    import_id = sent(gzip.compress(body) if encoding == "gzip" else body, content_encoding=encoding)
    assert load_now(import_id) == "complete"
    assert stored(import_id) == {citizen["citizen_id"]: citizen for citizen in citizens}
    row = row_of(import_id)
    assert (row.status, row.citizen_count, row.processed, row.errors, row.attempts) == ("complete", 500, 500, [], 1)
    assert row.completed_at is not None


ONE, TWO = people(2)
REFUSED = {
    "not JSON": b"{",
    "an empty line": b"\n" + lines_of([ONE]),
    "two errors": lines_of([ONE, TWO | {"town": "", "apartment": -1}]),
    "more errors than are listed": lines_of(person | {"town": ""} for person in people(150)),
    "one-sided": lines_of([ONE | {"relatives": [2]}, TWO]),
    "twice": lines_of([ONE, ONE]),
    "cut off": lines_of([ONE, TWO])[:-20],
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_failure_leaves_the_errors_that_a_caller_who_waits_is_answered(manager: APIClient, name: str) -> None:
    answer = manager.post("/imports", REFUSED[name], content_type=LINES).json()
    import_id = sent(REFUSED[name])
    assert load_now(import_id) == "failed"
    row = manager.get(f"/imports/{import_id}").json()["data"]
    assert (row["status"], row["processed"], row["errors"]) == ("failed", 0, answer["errors"])
    assert row["more_errors"] == answer.get("more_errors", 0)
    assert row["errors"][0]["pointer"].startswith("line ")
    assert counts() == (1, 0)


def test_what_failed_keeps_its_body_and_can_be_loaded_again(superuser: User, settings: Settings) -> None:
    settings.IMPORT_BODY_DAYS, settings.STREAM_MAX_RATIO = 0, 1
    packed = gzip.compress(lines_of(alike(1_000)) + b"\n" * 2**24)
    import_id = sent(packed, content_encoding="gzip")
    assert load_now(import_id) == "failed"
    assert row_of(import_id).errors[0]["code"] == "too_large"
    settings.STREAM_MAX_RATIO = 10_000
    retry_delivery(import_id=import_id, actor=superuser)
    assert load_now(import_id) == "complete"
    assert (counts(), RawChunk.objects.count()) == ((1, 1_000), 0)


def test_a_kept_body_is_loaded_once_more_as_what_it_is() -> None:
    first = sent(lines_of(people(2)))
    assert load_now(first) == "complete"
    again = reload_delivery(import_id=first, actor=None)
    assert (load_now(again.pk), stored(again.pk)) == ("complete", stored(first))


def test_processed_counts_up_for_those_who_look(monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = sent(lines_of(alike(6_000)), chunk=2**20)
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


CANCEL = "UPDATE imports_import SET status = 'cancelled'"
DELETE = "UPDATE imports_import SET deleted_at = now()"
TAKE_OVER = "UPDATE common_lease SET fence = nextval('common_lease_fence'), holder = 'another'"


@pytest.mark.parametrize("seconds", [0, 60])
@pytest.mark.parametrize("sql", [CANCEL, DELETE, TAKE_OVER])
@pytest.mark.parametrize("review", [False, True])
def test_a_load_that_is_not_to_go_on_stops(
    monkeypatch: pytest.MonkeyPatch, sql: str, seconds: float, review: bool
) -> None:
    """It notices between two chunks, or before the commit."""
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", seconds)
    import_id = sent(lines_of(alike(1_000)), chunk=50_000, review=review)
    in_the_middle(monkeypatch, lambda: elsewhere(sql))
    assert load_now(import_id) == "stopped"
    row = row_of(import_id)
    assert (counts(), row.completed_at, row.review) == ((1, 0), None, None)


def test_without_the_fence_a_late_worker_would_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the test above."""
    monkeypatch.setattr(Held, "assert_fence", lambda _: None)
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 60)
    import_id = sent(lines_of(alike(1_000)), chunk=50_000)
    in_the_middle(monkeypatch, lambda: elsewhere(TAKE_OVER))
    assert (load_now(import_id), counts()) == ("complete", (1, 1_000))


def test_it_is_noticed_early_also_while_only_errors_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 0)
    seen: list[int] = []

    def body(import_id: int, **over: Any) -> Iterator[bytes]:
        for number, chunk in enumerate(read_body(import_id, **over)):
            seen.append(number)
            yield chunk
            if number == 1:
                elsewhere(CANCEL)

    monkeypatch.setattr(_received_stream, "read_body", body)
    import_id = sent(b"{\n" + lines_of(alike(1_000)), chunk=50_000)
    assert (load_now(import_id), len(seen) <= 3, row_of(import_id).status) == ("stopped", True, "cancelled")


def test_what_brings_every_worker_down_is_given_up() -> None:
    import_id = sent(lines_of(people(1)))
    Import.objects.update(status="loading", attempts=MAX_ATTEMPTS)
    assert load_now(import_id) == "failed"
    assert [error["code"] for error in row_of(import_id).errors] == ["gave_up"]


def test_large_ones_are_loaded_one_at_a_time() -> None:
    import_id = sent(lines_of(people(2)))
    with lease(LARGE_LEASE):
        assert load_large_received(import_id=import_id) == "waits"
    assert row_of(import_id).attempts == 0
    assert load_large_received(import_id=import_id) == "complete"


def naive(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """How many are new, gone and changed, and the samples of a review."""

    def shown(people: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
        rows = (
            {name: sorted(value) if isinstance(value, list) else value for name, value in one.items()} for one in people
        )
        return {row.pop("citizen_id"): row for row in rows}

    old, now = shown(before), shown(after)
    kinds = {
        "changed": [one for one in sorted(old) if one in now and old[one] != now[one]],
        "gone": [one for one in sorted(old) if one not in now],
        "new": [one for one in now if one not in old],
    }
    of_each = zip_longest(*([(kind, one) for one in ids[:20]] for kind, ids in kinds.items()))
    in_turn = [pair for pairs in of_each for pair in pairs if pair is not None][:20]
    samples = []
    for kind, one in in_turn:
        values = [(name, old.get(one, {}).get(name), now.get(one, {}).get(name)) for name in list(BEFORE[0])[1:]]
        changes = {name: {"from": was, "to": will} for name, was, will in values if was != will}
        samples.append({"citizen_id": one, "difference": kind, "changes": changes})
    return {kind: len(ids) for kind, ids in kinds.items()}, samples


BEFORE = relate(relate(people(80), "relatives", (1, 2), (1, 3)), "friends", (4, 5), (4, 6))
AFTER = {
    "the same": BEFORE,
    "other orders": [
        {**one, "relatives": one["relatives"][::-1], "friends": one["friends"][::-1]} for one in reversed(BEFORE)
    ],
    "nobody": [],
    "others": [{**one, "citizen_id": one["citizen_id"] + 100} for one in people(50)],
    "fields": [{**one, name: value} for one, (name, value) in zip(
        people(80),
        [("town", "X"), ("street", "X"), ("building", "X"), ("apartment", 9_999), ("name", "X"),
         ("birth_date", "01.02.1903"), ("gender", "female"), ("channel", "X"), ("gender", "male")],
        strict=False,
    )],
    "relations": relate(people(80), "friends", (1, 2), (1, 3), (70, 80)),
    "of every kind": [{**one, "citizen_id": 500 - one["citizen_id"]} if one["citizen_id"] % 3 == 0
                      else {**one, "town": "Elsewhere"} for one in people(80)],
}  # fmt: skip


@pytest.mark.parametrize("name", AFTER)
@pytest.mark.parametrize("is_first", [False, True])
@pytest.mark.parametrize("media_type", [LINES, "application/json"])
def test_a_review_counts_what_is_different_and_stores_nothing(name: str, is_first: bool, media_type: str) -> None:
    load(BEFORE, source="another" if is_first else "default")
    body = lines_of(AFTER[name]) if media_type == LINES else body_of(AFTER[name])
    import_id = received(body, media_type=media_type, review=True)
    assert (load_now(import_id), counts()) == ("checked", (2, 80))
    row, (expected, samples) = row_of(import_id), naive([] if is_first else BEFORE, AFTER[name])
    assert row.review is not None
    assert expected.items() <= row.review.items()
    assert row.differences == samples
    assert (row.review["residents"], row.citizen_count, row.processed) == (len(AFTER[name]), len(AFTER[name]), 0)


def test_a_review_of_what_is_wrong_fails_and_of_what_is_right_is_loaded_when_it_is_approved(superuser: User) -> None:
    wrong = sent(REFUSED["one-sided"], review=True)
    assert load_now(wrong) == "failed"
    right = sent(lines_of(people(3)), review=True)
    assert (load_now(right), counts()) == ("checked", (2, 0))
    approve_delivery(import_id=right, actor=superuser)
    assert (load_now(right), counts()) == ("complete", (2, 3))


def test_many_residents_who_were_only_looked_at_are_vacuumed_away(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(module, "reclaim_soon", told.append)
    assert load_now(sent(lines_of(people(3)), review=True)) == "checked"
    assert told == [3]
