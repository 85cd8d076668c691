"""Undoing a renaming: of those whom it renamed, and of nobody else."""

import pytest
from django.contrib.auth.models import User

from config.common.problems import Conflict, Forbidden, Gone, NotFound
from imports.fields import Patch
from imports.models import Correction, Import, Rename
from imports.services.erasing.erase_delivery import erase_delivery
from imports.services.residents.correct_resident import correct_resident
from imports.services.residents.rename_value import ask_rename
from imports.services.residents.undo_correction import undo_correction
from imports.services.residents.undo_rename import plan_undo_rename, undo_rename
from tests.factories import people
from tests.imports.admin.people import somebody
from tests.imports.world import load, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return somebody("Editors")


def four() -> int:
    """A delivery: three live in Kiev, one in Kyiv."""
    towns = ("Kiev", "Kyiv", "Kiev", "Kiev")
    return load([one | {"town": town} for one, town in zip(people(4), towns, strict=True)])


def towns(import_id: int) -> list[str]:
    return [row["town"] for row in stored(import_id).values()]


def kyiv(import_id: int, editor: User) -> Rename:
    return ask_rename(import_id=import_id, field="town", before="Kiev", after="Kyiv", actor=editor)


def test_those_who_were_called_so_before_keep_their_name(editor: User) -> None:
    import_id, other = four(), four()
    before, first = stored(import_id), kyiv(import_id, editor)
    kyiv(other, editor)
    undo = undo_rename(rename_id=first.pk, actor=editor)
    assert (undo.undoes, undo.before, undo.after, undo.citizens, undo.asked_by) == (
        first.pk, "Kyiv", "Kiev", 3, editor,
    )  # fmt: skip
    assert (stored(import_id), towns(other)) == (before, ["Kyiv"] * 4)
    assert Import.objects.get(pk=import_id).revision == 2
    undo_rename(rename_id=undo.pk, actor=editor)
    assert towns(import_id) == ["Kyiv"] * 4
    assert list(Correction.objects.of_rename(undo.pk).order_by("citizen_id")) == [1, 3, 4]


def test_whoever_was_corrected_since_stays_and_is_named_before(editor: User) -> None:
    import_id = four()
    first = kyiv(import_id, editor)
    correct_resident(import_id=import_id, citizen_id=3, patch=Patch(town="Lviv"), actor=editor)
    plan = plan_undo_rename(rename_id=first.pk, actor=editor)
    [(citizen, change)] = plan.sample
    assert (plan.citizens, plan.changed_since, citizen.citizen_id, change and change.corrected_by) == (2, 1, 3, editor)
    undo_rename(rename_id=first.pk, actor=editor)
    assert towns(import_id) == ["Kiev", "Kyiv", "Lviv", "Kiev"]
    with pytest.raises(Conflict):
        undo_rename(rename_id=first.pk, actor=editor)
    assert Rename.objects.count() == 2


def test_of_one_resident_it_is_undone_as_a_correction(editor: User) -> None:
    import_id = four()
    kyiv(import_id, editor)
    mine = Correction.objects.get(delivery_id=import_id, citizen_id=3)
    undo_correction(correction_id=mine.pk, actor=editor)
    assert towns(import_id) == ["Kyiv", "Kyiv", "Kiev", "Kyiv"]


def test_many_are_given_back_in_the_background(editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = four()
    first = kyiv(import_id, editor)
    monkeypatch.setattr("imports.services.residents.rename_value._AT_ONCE", 1)
    undo = undo_rename(rename_id=first.pk, actor=editor)
    assert (undo.finished_at, towns(import_id)) == (None, ["Kyiv"] * 4)
    with pytest.raises(Conflict, match="under way"):
        undo_rename(rename_id=undo.pk, actor=editor)


def test_who_may_not_rename_may_not_undo_and_what_is_erased_is_not_undone(editor: User) -> None:
    import_id = four()
    first = kyiv(import_id, editor)
    with pytest.raises(Forbidden):
        undo_rename(rename_id=first.pk, actor=somebody("Viewers"))
    Rename.objects.create(delivery_id=import_id, field="town", before="a", after="b", pk=first.pk + 9)
    Import.objects.filter(pk=import_id).update(status="erased")
    with pytest.raises(Gone):
        undo_rename(rename_id=first.pk, actor=editor)
    Import.objects.filter(pk=import_id).update(status="complete")
    erase_delivery(import_id=import_id, actor=None)
    with pytest.raises(NotFound):
        undo_rename(rename_id=first.pk, actor=editor)
