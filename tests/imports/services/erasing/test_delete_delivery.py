"""Deleting: marked at once, rows removed in chunks, by anybody, any number of times, also after a kill."""

import time
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from config.common.problems import NotFound
from imports.models import Citizen, Correction, Import
from imports.services.erasing import _chunks
from imports.services.erasing import delete_delivery as service
from imports.services.erasing._chunks import Rows
from imports.services.erasing.delete_delivery import delete_delivery, purge_deleted_deliveries
from tests.factories import alike, people
from tests.imports.crowd import in_threads
from tests.imports.world import load, stored

pytestmark = pytest.mark.django_db


def delivered(count: int) -> int:
    """A delivery with `count` residents and as many corrections."""
    import_id = load(people(count))
    Correction.objects.bulk_create(
        Correction(delivery_id=import_id, citizen_id=number, changes={}) for number in range(1, count + 1)
    )
    return import_id


def left(import_id: int) -> tuple[int, int, int]:
    """How many rows of a delivery, of its residents and of its corrections there are."""
    return (
        Import.objects.filter(pk=import_id).count(),
        Citizen.objects.of(import_id).count(),
        Correction.objects.filter(delivery_id=import_id).count(),
    )


def test_deleting_marks_the_import_and_leaves_the_rows_to_the_purge() -> None:
    import_id = delivered(3)
    delete_delivery(import_id=import_id, actor=None)
    assert left(import_id) == (1, 3, 3)
    assert list(Import.objects.live()) == []


def test_an_import_is_deleted_once() -> None:
    import_id = delivered(1)
    delete_delivery(import_id=import_id, actor=None)
    for unknown in (import_id, import_id + 1):
        with pytest.raises(NotFound):
            delete_delivery(import_id=unknown, actor=None)


def test_a_purge_removes_deleted_imports_alone() -> None:
    gone, stays = delivered(3), delivered(4)
    before = stored(stays)
    delete_delivery(import_id=gone, actor=None)
    assert (purge_deleted_deliveries(), purge_deleted_deliveries()) == (1, 0)
    assert (left(gone), left(stays)) == ((0, 0, 0), (1, 4, 4))
    assert stored(stays) == before


def test_a_purge_goes_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_chunks, "CHUNK_ROWS", 3)
    import_id = delivered(7)
    delete_delivery(import_id=import_id, actor=None)
    chunks: list[tuple[int, int, int]] = []
    remove = service._Purge._next

    def watched(purge: service._Purge) -> int | None:
        removed = remove(purge)
        chunks.append(left(import_id))
        return removed

    monkeypatch.setattr(service._Purge, "_next", watched)
    assert purge_deleted_deliveries() == 1
    assert chunks == [(1, 4, 4), (1, 1, 1), (1, 0, 0), (0, 0, 0)]


@pytest.mark.parametrize("step", [0, 1, 2])
def test_a_killed_purge_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    import_id = delivered(5)
    delete_delivery(import_id=import_id, actor=None)
    remove, steps = service._Purge._next, iter(range(9))

    def killed(purge: service._Purge) -> int | None:
        if next(steps) == step:
            raise KeyboardInterrupt
        return remove(purge)

    with monkeypatch.context() as patched:
        patched.setattr(_chunks, "CHUNK_ROWS", 3)
        patched.setattr(service._Purge, "_next", killed)
        with pytest.raises(KeyboardInterrupt):
            purge_deleted_deliveries()
    assert left(import_id) == (1, max(0, 5 - 3 * step), max(0, 5 - 3 * step))
    assert purge_deleted_deliveries() == 1
    assert left(import_id) == (0, 0, 0)


def purge_in_two_threads(monkeypatch: pytest.MonkeyPatch) -> set[int | str]:
    """What two purges at the same time return or raise. Each rests after each chunk, so that the other can come."""
    remove, results, start = Rows.next, list[int | str](), Barrier(2, timeout=5)

    def slowly(rows: Rows) -> int:
        removed = remove(rows)
        time.sleep(0.02)
        return removed

    def purge() -> None:
        start.wait()
        try:
            results.append(purge_deleted_deliveries())
        except DatabaseError as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    monkeypatch.setattr(_chunks, "CHUNK_ROWS", 200)
    monkeypatch.setattr(Rows, "next", slowly)
    in_threads([(purge,), (purge,)])
    return set(results)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_purges_at_the_same_time_share_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = load(alike(1_000))
    Import.objects.update(deleted_at=F("created_at"))
    assert purge_in_two_threads(monkeypatch) == {0, 1}
    assert left(import_id) == (0, 0, 0)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_purges_get_in_each_others_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the test above."""

    def unlocked(purge: service._Purge) -> int:
        with transaction.atomic():
            done = sum(rows.next() for rows in purge._rows)
            if not done:
                Import.objects.filter(pk=purge._import_id).delete()
            return done

    monkeypatch.setattr(service._Purge, "_next", unlocked)
    load(alike(1_000))
    Import.objects.update(deleted_at=F("created_at"))
    assert "IntegrityError" in purge_in_two_threads(monkeypatch)
