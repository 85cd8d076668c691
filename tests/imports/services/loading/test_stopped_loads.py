"""What stops a load on its way: a decision, a deletion, the loss of the lease; and a worker that froze stops nobody."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from config.common.background.leases import Held
from imports.models import Import
from imports.services.loading import _progress, _received_stream
from imports.services.loading import load_received as module
from imports.services.raw_bodies import read_body
from tests.factories import alike, people
from tests.imports.services.loading.test_load_received import (
    BOTH,
    DOCUMENT,
    LINES,
    NAME,
    elsewhere,
    in_the_middle,
    load_now,
    row_of,
    sent,
)
from tests.imports.world import body_of, counts, lines_of, received

pytestmark = pytest.mark.django_db(transaction=True)

CANCEL = "UPDATE imports_import SET status = 'cancelled'"
DELETE = "UPDATE imports_import SET deleted_at = now()"
TAKE_OVER = "UPDATE background_lease SET fence = nextval('background_lease_fence'), holder = 'another'"


@BOTH
@pytest.mark.parametrize("seconds", [0, 60])
@pytest.mark.parametrize("sql", [CANCEL, DELETE, TAKE_OVER])
@pytest.mark.parametrize("review", [False, True])
def test_a_load_that_is_not_to_go_on_stops(
    monkeypatch: pytest.MonkeyPatch, format: str, sql: str, seconds: float, review: bool
) -> None:
    """It notices between two chunks, or before the commit."""
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", seconds)
    import_id = sent(alike(1_000), format, review=review)
    in_the_middle(monkeypatch, lambda number: elsewhere(sql) if number == 2 else None)
    assert load_now(import_id) == "stopped"
    row = row_of(import_id)
    assert (counts(), row.completed_at, row.review) == ((1, 0), None, None)
    assert row.status == ("cancelled" if sql == CANCEL else "loading")


def test_a_stream_that_was_broken_off_is_not_taken_for_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the last statement would find the delivery as it should be again."""
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(_progress.Progress, "_write", lambda self, _: setattr(self, "is_stopped", True))
    import_id = sent(alike(1_000), DOCUMENT)
    assert (load_now(import_id), counts()) == ("stopped", (1, 0))


def test_without_its_condition_the_last_statement_would_bring_a_cancelled_import_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control of the test above."""

    def move(self: Any, **values: Any) -> None:
        Import.objects.filter(pk=self._import_id).update(**values)

    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 60)
    monkeypatch.setattr(module._Load, "_move", move)
    import_id = sent(alike(400), DOCUMENT)
    in_the_middle(monkeypatch, lambda _: elsewhere(CANCEL))
    assert (load_now(import_id), row_of(import_id).status) == ("complete", "complete")


@BOTH
def test_without_the_fence_a_late_worker_would_write(monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    """The negative control of the test above."""
    monkeypatch.setattr(Held, "assert_fence", lambda _: None)
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 60)
    import_id = sent(alike(1_000), format)
    in_the_middle(monkeypatch, lambda number: elsewhere(TAKE_OVER) if number == 2 else None)
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
    import_id = received(b"{\n" + lines_of(alike(1_000)), media_type=LINES, chunk=50_000)
    assert (load_now(import_id), len(seen) <= 3, row_of(import_id).status) == ("stopped", True, "cancelled")


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
