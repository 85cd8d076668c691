"""Renaming a town or a channel throughout a delivery."""

from threading import Event
from time import sleep
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from config.common.problems import Forbidden, InvalidInput, NotFound
from imports.fields import Patch
from imports.models import Correction, Import, Rename
from imports.services.erasing.delete_delivery import delete_delivery, purge_deleted_deliveries
from imports.services.erasing.erase_delivery import erase_delivery
from imports.services.residents import rename_value as service
from imports.services.residents.correct_resident import correct_resident
from imports.services.residents.rename_value import ask_rename, carry_out_rename, plan_rename
from tests.factories import people
from tests.imports.admin.people import somebody
from tests.imports.crowd import in_threads
from tests.imports.world import broken_chains, load, stored

pytestmark = pytest.mark.django_db

KIEV_TO_KYIV = {"field": "town", "before": "Kiev", "after": "Kyiv"}


@pytest.fixture
def editor() -> User:
    return somebody("Editors")


def three() -> int:
    """A delivery: two live in Kiev, one in Kyiv."""
    return load([one | {"town": town} for one, town in zip(people(3), ("Kiev", "Kyiv", "Kiev"), strict=True)])


def test_everybody_who_is_called_so_is_renamed_and_has_a_correction_of_their_own(editor: User) -> None:
    import_id, other = three(), three()
    asked = ask_rename(import_id=import_id, actor=editor, **KIEV_TO_KYIV)
    assert (asked.citizens, asked.finished_at is not None, asked.refusal) == (2, True, "")
    assert [row["town"] for row in stored(import_id).values()] == ["Kyiv"] * 3
    assert [row["town"] for row in stored(other).values()] == ["Kiev", "Kyiv", "Kiev"]
    written = Correction.objects.order_by("id").values_list("delivery_id", "citizen_id", "changes", "corrected_by_id")
    change = {"town": {"from": "Kiev", "to": "Kyiv"}}
    assert list(written) == [(import_id, 1, change, editor.pk), (import_id, 3, change, editor.pk)]
    assert Import.objects.get(pk=import_id).revision == 1


def test_a_plan_says_how_many_and_who_and_changes_nothing(editor: User) -> None:
    import_id = three()
    plan = plan_rename(import_id=import_id, actor=editor, **KIEV_TO_KYIV)
    assert (plan.citizens, [row.citizen_id for row in plan.sample], plan.called_so_already) == (2, [1, 3], 1)
    assert (Rename.objects.count(), Correction.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "asked",
    [
        {"after": "Kiev"},
        {"after": ""},
        {"after": "--"},
        {"after": "x" * 257},
        {"after": "K\0"},
        {"field": "channel", "after": "x" * 65},
    ],
)
def test_a_name_that_the_api_would_refuse_is_refused(editor: User, asked: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        ask_rename(import_id=three(), actor=editor, **(KIEV_TO_KYIV | asked))
    assert (Rename.objects.count(), Correction.objects.count()) == (0, 0)


@pytest.mark.parametrize(("role", "refusal"), [("Viewers", Forbidden), ("Importers", Forbidden)])
def test_whoever_may_not_correct_may_not_rename(role: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        ask_rename(import_id=three(), actor=somebody(role), **KIEV_TO_KYIV)


def test_many_are_renamed_in_the_background_and_once(editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(service, "_AT_ONCE", 1)
    monkeypatch.setattr(service, "enqueue", lambda name, **message: sent.append((name, message)))
    import_id = three()
    asked = ask_rename(import_id=import_id, actor=editor, **KIEV_TO_KYIV)
    assert (asked.finished_at, Correction.objects.count()) == (None, 0)
    # Nothing personal travels with the message.
    assert sent == [("imports.rename", {"rename_id": asked.pk})]
    assert [carry_out_rename(rename_id=asked.pk) for _ in range(2)] == [2, None]
    assert (Correction.objects.count(), Import.objects.get(pk=import_id).revision) == (2, 1)


def test_what_was_asked_of_an_import_that_went_meanwhile_says_so(editor: User) -> None:
    import_id = three()
    waiting = Rename.objects.create(delivery_id=import_id, asked_by=editor, **KIEV_TO_KYIV)
    Import.objects.filter(pk=import_id).update(deleted_at="2026-01-01T00:00Z")
    assert carry_out_rename(rename_id=waiting.pk) is None
    waiting.refresh_from_db()
    assert (waiting.refusal, waiting.finished_at is not None) == ("There is no such delivery.", True)


def test_the_names_go_with_the_residents(editor: User) -> None:
    first, second = three(), three()
    for import_id in (first, second):
        ask_rename(import_id=import_id, actor=editor, **KIEV_TO_KYIV)
    erase_delivery(import_id=first, actor=None)
    delete_delivery(import_id=second, actor=None)
    purge_deleted_deliveries()
    assert Rename.objects.count() == 0
    with pytest.raises(NotFound):
        ask_rename(import_id=second, actor=editor, **KIEV_TO_KYIV)


# Looks before it locks, as one would without a statement that does both.
_READ_BEFORE = service._RENAME.replace("FOR NO KEY UPDATE", "")


def rename_during_a_correction(monkeypatch: pytest.MonkeyPatch, editor: User, statement: str) -> list[str]:
    """What is wrong when a renaming begins while somebody is giving resident 2 another town."""
    import_id = load(people(3, town="Kiev"))
    before = stored(import_id)[2]
    monkeypatch.setattr(service, "_RENAME", statement)
    asked = Rename.objects.create(delivery_id=import_id, asked_by=editor, **KIEV_TO_KYIV)
    is_written = Event()

    def correct() -> None:
        with transaction.atomic():
            correct_resident(import_id=import_id, citizen_id=2, patch=Patch(town="Lviv"), actor=None)
            is_written.set()
            wait_until_somebody_waits()
        connection.close()

    def rename() -> None:
        is_written.wait(5)
        carry_out_rename(rename_id=asked.pk)
        connection.close()

    in_threads([(correct,), (rename,)])
    towns = [row["town"] for row in stored(import_id).values()]
    return broken_chains(import_id, before) + ([] if towns == ["Kyiv", "Lviv", "Kyiv"] else [str(towns)])


def wait_until_somebody_waits() -> None:
    """For a lock of this transaction."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
        sleep(0.02)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_correction_meanwhile_is_not_renamed_over(monkeypatch: pytest.MonkeyPatch, editor: User) -> None:
    assert rename_during_a_correction(monkeypatch, editor, service._RENAME) == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_locks_it_is(monkeypatch: pytest.MonkeyPatch, editor: User) -> None:
    """The negative control of the test above."""
    assert rename_during_a_correction(monkeypatch, editor, _READ_BEFORE) != []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_renamings_and_corrections_at_once_never_wait_in_a_ring(editor: User) -> None:
    import_id = load(people(30, town="Kiev"))
    first = stored(import_id)

    def rename(before: str, after: str) -> None:
        for _ in range(4):
            ask_rename(import_id=import_id, field="town", before=before, after=after, actor=editor)
        connection.close()

    def correct(numbers: range) -> None:
        for number in numbers:
            patch = Patch(relatives=[30 - number], town="Kiev")
            correct_resident(import_id=import_id, citizen_id=number, patch=patch, actor=None)
        connection.close()

    in_threads(
        [(rename, "Kiev", "Kyiv"), (rename, "Kyiv", "Kiev"), (correct, range(1, 15)), (correct, range(29, 16, -1))]
    )
    # A relation is written down on the side that was corrected alone.
    broken = [found for row in first.values() for found in broken_chains(import_id, row) if "town" in found]
    assert broken == []
