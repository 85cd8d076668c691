"""Undoing a correction: the values come back, on both sides, unless somebody changed them since."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.common.privacy.readers import Reader
from config.common.problems import Forbidden, Gone, InvalidInput, NotFound
from imports.fields import Patch
from imports.models import Citizen, Correction
from imports.services.erasing.erase_delivery import erase_delivery, scrub_erased_deliveries
from imports.services.erasing.erase_resident import erase_resident
from imports.services.residents import undo_correction as service
from imports.services.residents.correct_resident import correct_resident, version_of
from imports.services.residents.undo_correction import ChangedSince, undo_correction
from tests.effort import tries
from tests.factories import delivery, people, relate
from tests.imports.admin.people import somebody
from tests.imports.crowd import in_threads
from tests.imports.world import KINDS, faults, load, stored

pytestmark = pytest.mark.django_db
READER = Reader(account_id=None, username="", via="command")
SINGLE: dict[str, list[Any]] = {
    "town": ["Lviv", "Łódź"],
    "name": ["Anna", "Zoë"],
    "birth_date": ["29.02.2000", "01.01.1990"],
    "gender": ["male", "female"],
    "apartment": [0, 7],
    "channel": ["tv", "радио"],
}
PATCHES = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.sampled_from(values) for name, values in SINGLE.items()},
        "relatives": st.lists(st.integers(0, 4), unique=True, max_size=3),
        "friends": st.lists(st.integers(0, 4), unique=True, max_size=3),
    },
)


@pytest.fixture
def editor() -> User:
    return somebody("Editors")


def correct(import_id: int, citizen_id: int, **values: Any) -> int:
    """The id of the correction."""
    correct_resident(import_id=import_id, citizen_id=citizen_id, patch=Patch(**values), actor=None)
    return Correction.objects.latest("pk").pk


def as_sets(import_id: int) -> dict[int, dict[str, Any]]:
    """The residents; a list has no order."""
    return {
        key: {name: frozenset(value) if name in KINDS else value for name, value in row.items()}
        for key, row in stored(import_id).items()
    }


def numbered(seed: int) -> list[dict[str, Any]]:
    """Residents 0 to 4, related at random."""
    citizens = delivery(5, relations=5, seed=seed)
    numbers = {citizen["citizen_id"]: number for number, citizen in enumerate(citizens)}
    for citizen in citizens:
        citizen["citizen_id"] = numbers[citizen["citizen_id"]]
        for kind in KINDS:
            citizen[kind] = [numbers[other] for other in citizen[kind]]
    return citizens


@settings(deadline=None, derandomize=True, max_examples=tries(60), suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 20), who=st.integers(0, 4), patch=PATCHES)
def test_what_is_corrected_and_undone_is_as_it_was_and_undone_again_as_corrected(
    editor: User, seed: int, who: int, patch: dict[str, Any]
) -> None:
    with transaction.atomic():
        import_id = load(numbered(seed))
        before, count = as_sets(import_id), Correction.objects.count()
        try:
            made = correct(import_id, who, **patch)
        except (InvalidInput, Correction.DoesNotExist):
            made = 0
        if made and Correction.objects.count() > count:
            corrected = as_sets(import_id)
            undo_correction(correction_id=made, actor=editor)
            assert (as_sets(import_id), faults(import_id)) == (before, [])
            undo = Correction.objects.latest("pk")
            assert (undo.undoes, undo.corrected_by) == (made, editor)
            undo_correction(correction_id=undo.pk, actor=editor)
            assert (as_sets(import_id), faults(import_id)) == (corrected, [])
            assert Correction.objects.latest("pk").undoes == undo.pk
        transaction.set_rollback(True)


def test_what_was_changed_since_is_said_with_who_did_it_and_nothing_is_done(editor: User) -> None:
    import_id = load(people(1))
    first = correct(import_id, 1, town="Elsewhere", channel="tv")
    correct_resident(import_id=import_id, citizen_id=1, patch=Patch(town="Lviv"), actor=editor)
    before = stored(import_id)
    with pytest.raises(ChangedSince) as refusal:
        undo_correction(correction_id=first, actor=editor)
    [since] = refusal.value.fields
    assert (since.field, since.now, since.by) == ("town", "Lviv", editor)
    assert (stored(import_id), Correction.objects.count()) == (before, 2)
    assert "Lviv" not in refusal.value.detail


def test_a_relation_that_another_page_changed_since_is_a_conflict_that_names_who(editor: User) -> None:
    import_id = load(people(3))
    first = correct(import_id, 1, relatives=[2])
    correct_resident(import_id=import_id, citizen_id=2, patch=Patch(relatives=[], friends=[1]), actor=editor)
    with pytest.raises(ChangedSince) as refusal:
        undo_correction(correction_id=first, actor=editor)
    assert [(one.field, one.now, one.by) for one in refusal.value.fields] == [("relatives", [], editor)]
    assert stored(import_id)[1]["friends"] == [2]


def test_others_who_came_into_a_list_since_stay_in_it(editor: User) -> None:
    import_id = load(relate(people(4), "relatives", (1, 2)))
    first = correct(import_id, 1, relatives=[3])
    correct(import_id, 4, relatives=[1])
    undo_correction(correction_id=first, actor=editor)
    assert {who: row["relatives"] for who, row in stored(import_id).items()} == {1: [2, 4], 2: [1], 3: [], 4: [1]}
    assert faults(import_id) == []


def test_whoever_left_the_list_since_is_not_put_back(editor: User) -> None:
    import_id = load(relate(people(4), "friends", (1, 2), (1, 4)))
    first = correct(import_id, 1, friends=[2, 4, 3])
    correct(import_id, 4, friends=[])
    undo_correction(correction_id=first, actor=editor)
    assert stored(import_id)[1]["friends"] == [2]


@pytest.mark.parametrize(("role", "refusal"), [("Viewers", Forbidden), ("Importers", Forbidden)])
def test_whoever_may_not_correct_may_not_undo(role: str, refusal: type[Exception]) -> None:
    actor = somebody(role)
    first = correct(load(people(1), actor=actor), 1, town="Elsewhere")
    with pytest.raises(refusal):
        undo_correction(correction_id=first, actor=actor)
    assert Correction.objects.count() == 1


def test_what_was_erased_is_not_undone_and_it_is_said_why(editor: User) -> None:
    import_id = load(people(2))
    first = correct(import_id, 1, town="Elsewhere")
    erase_delivery(import_id=import_id, actor=None)
    for _ in range(2):
        with pytest.raises(Gone, match="erased"):
            undo_correction(correction_id=first, actor=editor)
        scrub_erased_deliveries()


def test_a_relation_with_somebody_who_was_erased_does_not_come_back(editor: User) -> None:
    import_id = load(relate(people(3), "relatives", (1, 2)))
    first = correct(import_id, 1, relatives=[])
    erase_resident(import_id=import_id, citizen_id=2, actor=None, reader=READER)
    with pytest.raises(Gone, match="erased"):
        undo_correction(correction_id=first, actor=editor)
    about = correct(import_id, 3, town="Elsewhere")
    erase_resident(import_id=import_id, citizen_id=3, actor=None, reader=READER)
    with pytest.raises(NotFound):
        undo_correction(correction_id=about, actor=editor)


def undo_while_somebody_corrects(monkeypatch: pytest.MonkeyPatch, version: Callable[[Citizen], str | None]) -> str:
    """The town after somebody corrected it between the look of an undo and its write, or why it was not undone."""
    import_id, actor = load(people(1)), somebody("Editors")
    first = correct(import_id, 1, town="Elsewhere")
    looked, corrected = Event(), Event()
    told = []

    def look(citizen: Citizen) -> str | None:
        if not looked.is_set():
            looked.set()
            corrected.wait(5)
        return version(citizen)

    def undo() -> None:
        try:
            undo_correction(correction_id=first, actor=actor)
        except ChangedSince as problem:
            told.append(problem.fields[0].now)
        connection.close()

    def correct_it() -> None:
        looked.wait(5)
        correct(import_id, 1, town="Lviv")
        corrected.set()
        connection.close()

    monkeypatch.setattr(service, "version_of", look)
    in_threads([(undo,), (correct_it,)])
    return f"{stored(import_id)[1]['town']} {told}"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_correction_during_an_undo_is_not_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert undo_while_somebody_corrects(monkeypatch, version_of) == "Lviv ['Lviv']"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_version_the_correction_is_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    before = people(1)[0]["town"]
    assert undo_while_somebody_corrects(monkeypatch, lambda _citizen: None) == f"{before} []"
