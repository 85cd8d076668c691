"""Each race with its protection and without: the damage shows as soon as the protection is taken away."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError, Event, local
from typing import Any

import pytest
from django.db import Error, connection, transaction

from config.common.problems import NotFound
from imports.documents import copy
from imports.documents.structs import Resident as Document
from imports.fields import Patch
from imports.models import Citizen, Correction, Import
from imports.querysets import CitizenQuerySet, ImportQuerySet
from imports.services.erasing.delete_delivery import delete_delivery, purge_deleted_deliveries
from imports.services.loading import load_document
from imports.services.loading.load_document import store_residents
from imports.services.residents import read_residents
from imports.services.residents.correct_resident import correct_resident
from tests.factories import people, relate
from tests.imports.crowd import in_threads
from tests.imports.world import broken_chains, counts, faults, load, stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

PATIENCE = 0.5
# The place of each thread among the callers.
turn = local()
Patches = list[tuple[int, dict[str, Any]]]
SCENARIOS: dict[str, Patches] = {
    "one field of one citizen": [(1, {"town": "A"}), (1, {"town": "B"})],
    "relations of one citizen": [(1, {"relatives": [2]}), (1, {"relatives": [3]})],
    "both ends of one relation": [(4, {"relatives": [], "friends": [5]}), (5, {"relatives": []})],
    "a ring": [(1, {"relatives": [2]}), (2, {"relatives": [3]}), (3, {"relatives": [1]})],
}


def unlocked(self: CitizenQuerySet, import_id: int, citizen_ids: set[int]) -> list[Citizen]:
    """`CitizenQuerySet.locked`, without the lock."""
    return list(self.of(import_id).filter(citizen_id__in=citizen_ids).order_by("citizen_id"))


def in_their_own_order(
    after_each: Barrier, self: CitizenQuerySet, import_id: int, citizen_ids: set[int]
) -> list[Citizen]:
    """`CitizenQuerySet.locked`, but whoever is first among the threads locks from the other end."""
    rows: list[Citizen] = []
    for citizen_id in sorted(citizen_ids, reverse=turn.number == 0):
        rows += self.of(import_id).filter(citizen_id=citizen_id).select_for_update(no_key=True)
        wait_at(after_each)
    return rows


def correct_at_once(
    monkeypatch: pytest.MonkeyPatch, locked: Callable[..., Any], import_id: int, patches: Patches
) -> list[str]:
    """All patches read before the first one writes, if they can; then they write in their order. Returns errors."""
    all_have_read, done = Barrier(len(patches), timeout=PATIENCE), [Event() for _ in patches]
    errors = []

    def read(self: CitizenQuerySet, import_id: int, citizen_ids: set[int]) -> list[Citizen]:
        rows: list[Citizen] = locked(self, import_id, citizen_ids)
        wait_at(all_have_read)
        if turn.number:
            done[turn.number - 1].wait(PATIENCE)
        return rows

    def correct(number: int, citizen_id: int, fields: dict[str, Any]) -> None:
        turn.number = number
        try:
            patch = Patch(**fields)
            correct_resident(import_id=import_id, citizen_id=citizen_id, patch=patch, actor=None)
        except Error as error:
            errors.append(str(error).split("\n")[0])
        finally:
            done[number].set()
            connection.close()

    monkeypatch.setattr(CitizenQuerySet, "locked", read)
    in_threads([(correct, number, *patch) for number, patch in enumerate(patches)])
    return errors


def wait_at(barrier: Barrier) -> None:
    """Until everybody is there, or cannot come."""
    with suppress(BrokenBarrierError):
        barrier.wait()


def damage(monkeypatch: pytest.MonkeyPatch, locked: Callable[..., Any], patches: Patches) -> list[str]:
    """What is wrong after `patches` of a delivery in which 4 and 5 are relatives."""
    import_id = load(relate(people(5), "relatives", (4, 5)))
    before = stored(import_id)
    found = correct_at_once(monkeypatch, locked, import_id, patches) + faults(import_id)
    return found + (broken_chains(import_id, before[1]) if patches == SCENARIOS["one field of one citizen"] else [])


@pytest.mark.parametrize("name", SCENARIOS)
def test_with_the_locks_there_is_no_damage(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert damage(monkeypatch, CitizenQuerySet.locked, SCENARIOS[name]) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_without_the_locks_there_is_damage(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert damage(monkeypatch, unlocked, SCENARIOS[name]) != []


def test_without_the_order_of_the_locks_there_is_a_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    each_holds_one = Barrier(2, timeout=PATIENCE)
    patches: Patches = [(4, {"relatives": []}), (5, {"relatives": []})]
    assert damage(monkeypatch, partial(in_their_own_order, each_holds_one), patches) == ["deadlock detected"]


def delete_during_a_correction(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was over first, when a deletion comes after a correction has locked its rows."""
    import_id, over, locked = load(people(2)), [], CitizenQuerySet.locked
    has_locked, deleted = Event(), Event()

    def lock(self: CitizenQuerySet, import_id: int, citizen_ids: set[int]) -> list[Citizen]:
        rows = locked(self, import_id, citizen_ids)
        has_locked.set()
        deleted.wait(PATIENCE)
        return rows

    def correct() -> None:
        correct_resident(import_id=import_id, citizen_id=1, patch=Patch(relatives=[2]), actor=None)
        over.append("corrected")
        connection.close()

    def delete() -> None:
        has_locked.wait(5)
        delete_delivery(import_id=import_id, actor=None)
        over.append("deleted")
        deleted.set()
        connection.close()

    monkeypatch.setattr(CitizenQuerySet, "locked", lock)
    in_threads([(correct,), (delete,)])
    return over


def test_nothing_is_corrected_after_the_answer_to_a_deletion(monkeypatch: pytest.MonkeyPatch) -> None:
    assert delete_during_a_correction(monkeypatch) == ["corrected", "deleted"]
    assert (purge_deleted_deliveries(), counts(), Correction.objects.count()) == (1, (0, 0), 0)


def test_without_holding_the_import_a_correction_follows_its_deletion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImportQuerySet, "key_shared", lambda self, import_id: self.filter(pk=import_id).first())
    assert delete_during_a_correction(monkeypatch) == ["deleted", "corrected"]


def seen_while_loading(monkeypatch: pytest.MonkeyPatch, store: Callable[..., Import]) -> list[tuple[int, int]]:
    """How many deliveries and residents another caller sees while the COPY of three people is under way."""
    seen: list[tuple[int, int]] = []

    def look() -> None:
        seen.append(counts())
        connection.close()

    def rows(citizens: list[Document], import_id: int) -> Iterator[bytes]:
        yield from copy.copy_rows(citizens, import_id)
        in_threads([(look,)])

    monkeypatch.setattr(load_document, "copy_rows", rows)
    store([Document(**citizen) for citizen in people(3)], source="default", actor=None)
    return seen


def test_nobody_sees_half_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen_while_loading(monkeypatch, store_residents) == [(0, 0)]


def test_without_the_transaction_half_an_import_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = store_residents.__wrapped__  # type: ignore[attr-defined]  # what `transaction.atomic` wraps
    assert seen_while_loading(monkeypatch, bare) == [(1, 0)]


def read_after_deletion() -> bytes:
    """What a reader gets who was let in just before the delivery was deleted."""
    import_id = load(people(3))
    delete_delivery(import_id=import_id, actor=None)
    purge_deleted_deliveries()
    with transaction.atomic():
        return b"".join(read_residents.stream_json(import_id=import_id))


def test_a_reader_who_comes_too_late_gets_no_residents() -> None:
    with pytest.raises(NotFound):
        read_after_deletion()


def test_without_the_second_look_the_reader_gets_an_empty_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_residents, "require_still_readable", lambda **_: None)
    assert read_after_deletion() == b'{"data": []}'
