"""Correcting one resident: both sides of every relation, and the locks that it takes."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.common.problems import Conflict, Gone, InvalidInput, NotFound, Stale
from imports.fields import Patch
from imports.models import Citizen, Correction, Import
from imports.services.residents.correct_resident import correct_resident, version_of
from tests.factories import people, relate
from tests.imports.world import faults, load, stored

pytestmark = pytest.mark.django_db


def correct(import_id: int, citizen_id: int, **fields: Any) -> Citizen:
    return correct_resident(import_id=import_id, citizen_id=citizen_id, patch=Patch(**fields), actor=None)


@pytest.fixture
def delivered() -> int:
    """Five residents: 1 is a relative of 2 and 3 and a friend of 4."""
    return load(relate(relate(people(5), "relatives", (1, 2), (1, 3)), "friends", (1, 4)))


def lists(import_id: int) -> dict[int, tuple[list[int], list[int]]]:
    """Relatives and friends of everybody who has any."""
    rows = stored(import_id).values()
    return {row["citizen_id"]: (row["relatives"], row["friends"]) for row in rows if row["relatives"] or row["friends"]}


def test_adding_a_relative_adds_it_on_both_sides(delivered: int) -> None:
    correct(delivered, 5, relatives=[2])
    assert lists(delivered) == {1: ([2, 3], [4]), 2: ([1, 5], []), 3: ([1], []), 4: ([], [1]), 5: ([2], [])}


def test_removing_a_relative_removes_it_on_both_sides(delivered: int) -> None:
    correct(delivered, 1, relatives=[3])
    assert lists(delivered) == {1: ([3], [4]), 3: ([1], []), 4: ([], [1])}


def test_removing_the_last_relation_leaves_empty_lists(delivered: int) -> None:
    corrected = correct(delivered, 4, friends=[])
    assert (corrected.relatives, corrected.friends) == ([], [])
    correct(delivered, 1, relatives=[])
    assert lists(delivered) == {}


def test_one_patch_moves_somebody_from_one_list_to_the_other(delivered: int) -> None:
    correct(delivered, 1, relatives=[4, 3], friends=[2])
    assert lists(delivered) == {1: ([4, 3], [2]), 2: ([], [1]), 3: ([1], []), 4: ([1], [])}


def test_the_other_side_can_move_too(delivered: int) -> None:
    correct(delivered, 4, relatives=[1], friends=[])
    assert lists(delivered) == {1: ([2, 3, 4], []), 2: ([1], []), 3: ([1], []), 4: ([1], [])}


def test_a_citizen_may_name_itself_once(delivered: int) -> None:
    correct(delivered, 1, relatives=[1, 2, 3])
    correct(delivered, 5, friends=[5])
    assert lists(delivered) == {1: ([1, 2, 3], [4]), 2: ([1], []), 3: ([1], []), 4: ([], [1]), 5: ([], [5])}
    correct(delivered, 5, friends=[], relatives=[5])
    correct(delivered, 1, relatives=[2, 3])
    assert lists(delivered) == {1: ([2, 3], [4]), 2: ([1], []), 3: ([1], []), 4: ([], [1]), 5: ([5], [])}


def test_another_order_of_a_list_touches_nobody_else(delivered: int) -> None:
    correct(delivered, 1, relatives=[3, 2])
    assert lists(delivered) == {1: ([3, 2], [4]), 2: ([1], []), 3: ([1], []), 4: ([], [1])}
    assert Correction.objects.get().changes == {"relatives": {"from": [2, 3], "to": [3, 2]}}


def test_another_import_with_the_same_ids_is_left_alone(delivered: int) -> None:
    other = load(people(5))
    before = stored(other)
    correct(delivered, 1, relatives=[5], town="Elsewhere")
    assert stored(other) == before
    assert Import.objects.get(pk=other).revision == 0


def test_every_correction_counts_once(delivered: int) -> None:
    actor = User.objects.create_user("anna")
    for number in range(3):
        patch = Patch(apartment=1000 + number)
        correct_resident(import_id=delivered, citizen_id=1, patch=patch, actor=actor)
    assert [row.corrected_by for row in Correction.objects.all()] == [actor] * 3
    assert faults(delivered) == []


@pytest.mark.parametrize("fields", [{"relatives": [9]}, {"friends": [2]}, {"town": "x", "friends": [4, 3]}])
def test_a_refused_correction_stores_nothing(delivered: int, fields: dict[str, Any]) -> None:
    before = stored(delivered)
    with pytest.raises(InvalidInput):
        correct(delivered, 1, **fields)
    assert stored(delivered) == before
    assert faults(delivered) == []


@pytest.mark.parametrize("fields", [{"town": "x"}, {"relatives": [1]}])
def test_an_unknown_citizen_is_not_found(delivered: int, fields: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        correct(delivered, 6, **fields)
    with pytest.raises(NotFound):
        correct(delivered + 1, 1, **fields)


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ({"deleted_at": timezone.now()}, NotFound),
        ({"status": Import.Status.ERASED}, Gone),
        ({"status": Import.Status.LOADING}, Conflict),
    ],
)
def test_an_import_without_contents_is_refused_under_the_lock(
    delivered: int, state: dict[str, Any], problem: type[Exception]
) -> None:
    Import.objects.update(**state)
    with pytest.raises(problem):
        correct(delivered, 1, relatives=[])


def test_a_correction_costs_as_many_queries_for_many_relations_as_for_one() -> None:
    import_id = load(people(60))
    with CaptureQueriesContext(connection) as one:
        correct(import_id, 1, relatives=[2])
    with CaptureQueriesContext(connection) as many:
        correct(import_id, 1, relatives=list(range(3, 60)))
    assert (len(one), len(many)) == (9, 9)


def test_rows_are_locked_after_the_import_and_by_ascending_id(delivered: int) -> None:
    with CaptureQueriesContext(connection) as queries:
        correct(delivered, 4, relatives=[5, 2])
    locks = [query["sql"] for query in queries if " FOR " in query["sql"]]
    assert ["KEY SHARE" in locks[0], "NO KEY UPDATE" in locks[1], len(locks)] == [True, True, 2]
    assert 'IN (2, 4, 5)) ORDER BY "imports_citizen"."citizen_id" ASC FOR' in locks[1]
    assert queries.captured_queries[-2]["sql"].startswith('UPDATE "imports_import" SET "revision"')


def test_a_patch_that_was_made_from_another_version_is_refused(delivered: int) -> None:
    seen = version_of(Citizen.objects.get(delivery_id=delivered, citizen_id=2))
    # The other side of a relation is a change of resident 2 too.
    correct(delivered, 1, relatives=[3])
    with pytest.raises(Stale):
        correct_resident(import_id=delivered, citizen_id=2, patch=Patch(town="Lviv"), actor=None, known=seen)
    assert Correction.objects.count() == 1
    seen = version_of(Citizen.objects.get(delivery_id=delivered, citizen_id=2))
    patch = Patch(town="Lviv")
    assert correct_resident(import_id=delivered, citizen_id=2, patch=patch, actor=None, known=seen).town == "Lviv"
