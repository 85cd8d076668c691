"""How many relatives and friends a correction may leave somebody with, on both sides of each relation."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection

from config.common.problems import InvalidInput
from imports.fields import Patch
from imports.models import Citizen
from imports.querysets import CitizenQuerySet
from imports.services.residents.correct_resident import correct_resident
from tests.factories import people, relate
from tests.imports.crowd import in_threads
from tests.imports.crowded import star, stored_star
from tests.imports.world import faults, load, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_of_each(settings: Any) -> None:
    settings.CITIZEN_MAX_RELATIVES = settings.CITIZEN_MAX_FRIENDS = 2


def correct(import_id: int, citizen_id: int, **fields: Any) -> Citizen:
    return correct_resident(import_id=import_id, citizen_id=citizen_id, patch=Patch(**fields), actor=None)


def refusal(import_id: int, citizen_id: int, **fields: Any) -> list[tuple[str, str]]:
    """Pointer and code of each error of a correction that must be refused, and that stores nothing."""
    before = stored(import_id)
    with pytest.raises(InvalidInput) as refused:
        correct(import_id, citizen_id, **fields)
    assert (stored(import_id), faults(import_id)) == (before, [])
    return [(error.pointer, error.code) for error in refused.value.errors]


def test_a_list_may_be_as_long_as_the_limit_and_not_longer() -> None:
    import_id = load(people(8))
    correct(import_id, 1, relatives=[2, 3], friends=[4, 5])
    assert refusal(import_id, 1, relatives=[2, 3, 6]) == [("/relatives", "too_many")]
    assert refusal(import_id, 1, friends=[4, 5, 6], relatives=[7, 2, 3]) == [
        ("/relatives", "too_many"),
        ("/friends", "too_many"),
    ]


def test_who_is_named_needs_room_too() -> None:
    import_id = load(star(2) + [row | {"citizen_id": 10 + row["citizen_id"]} for row in people(3)])
    assert refusal(import_id, 11, relatives=[2, 1], friends=[12]) == [("/relatives/1", "too_many")]
    # The other list has a limit of its own.
    correct(import_id, 11, relatives=[2], friends=[1])


def test_a_move_from_one_list_to_the_other_needs_room_there() -> None:
    import_id = load(relate(star(1, 2), "friends", (2, 2)))
    assert refusal(import_id, 2, relatives=[], friends=[1, 2]) == [("/friends/0", "too_many")]
    correct(import_id, 1, relatives=[2, 3], friends=[4])


def test_who_names_itself_counts_once() -> None:
    import_id = load(star(2))
    assert refusal(import_id, 1, relatives=[1, 2, 3]) == [("/relatives", "too_many")]
    correct(import_id, 1, relatives=[1, 2])
    assert faults(import_id) == []


def test_room_that_the_same_correction_makes_can_be_used() -> None:
    import_id = load(star(2, 2))
    correct(import_id, 1, relatives=[4, 5], friends=[2, 3])
    assert faults(import_id) == []


def test_what_was_stored_with_more_may_stay_as_long_or_become_shorter() -> None:
    import_id = stored_star(5)
    correct(import_id, 1, town="Elsewhere")
    assert refusal(import_id, 1, relatives=[1, 2, 3, 4, 5, 6]) == [("/relatives", "too_many")]
    correct(import_id, 1, relatives=[1, 2, 3, 4, 5])
    correct(import_id, 1, relatives=[2, 3, 4])
    assert refusal(import_id, 1, relatives=[2, 3, 4, 5]) == [("/relatives", "too_many")]
    correct(import_id, 1, relatives=[])
    assert refusal(import_id, 1, relatives=[2, 3, 4]) == [("/relatives", "too_many")]
    assert faults(import_id) == []


def test_nobody_new_names_a_resident_whose_list_is_too_long_already_but_all_can_part() -> None:
    import_id = stored_star(4, 1)
    assert refusal(import_id, 6, friends=[], relatives=[1]) == [("/relatives/0", "too_many")]
    for other in (2, 3, 4):
        correct(import_id, other, relatives=[])
    correct(import_id, 6, friends=[], relatives=[1])
    assert (stored(import_id)[1]["relatives"], faults(import_id)) == ([5, 6], [])


def two_at_once(monkeypatch: pytest.MonkeyPatch, locked: Any) -> tuple[int, int]:
    """How long the list of 1 is after two corrections at one moment, which it has room for one of; and refusals."""
    import_id = load(star(1) + [row | {"citizen_id": 10 + row["citizen_id"]} for row in people(2)])
    both_have_read, refused = Barrier(2, timeout=0.5), []

    def read(self: CitizenQuerySet, import_id: int, citizen_ids: set[int]) -> Any:
        rows = locked(self, import_id, citizen_ids)
        with suppress(BrokenBarrierError):
            both_have_read.wait()
        return rows

    def name_the_first(citizen_id: int) -> None:
        try:
            correct(import_id, citizen_id, relatives=[1])
        except InvalidInput as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    monkeypatch.setattr(CitizenQuerySet, "locked", read)
    in_threads([(name_the_first, 11), (name_the_first, 12)])
    return len(stored(import_id)[1]["relatives"]), len(refused)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_at_once_do_not_take_the_last_place_both(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_at_once(monkeypatch, CitizenQuerySet.locked) == (2, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_without_the_locks_two_at_once_take_the_last_place_both(monkeypatch: pytest.MonkeyPatch) -> None:
    def unlocked(self: CitizenQuerySet, import_id: int, citizen_ids: set[int]) -> list[Citizen]:
        return list(self.of(import_id).filter(citizen_id__in=citizen_ids))

    assert two_at_once(monkeypatch, unlocked) == (3, 0)
