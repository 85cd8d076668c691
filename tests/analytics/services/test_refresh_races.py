"""Corrections that commit while their import is counted are not missed; with a weaker comparison they would be."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from analytics.models import ImportDemand
from analytics.services.counting import refresh_import as service
from analytics.services.counting.count_import import Count, count_import
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.stale import stale_imports, utc_today
from imports.fields import Patch
from imports.models import Correction, Import
from imports.services.erasing.delete_delivery import delete_delivery
from imports.services.residents.correct_resident import correct_resident
from tests.analytics.naive import faults
from tests.factories import people
from tests.imports.crowd import in_threads
from tests.imports.world import load

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 5


def correct(import_id: int) -> None:
    """By another connection."""
    correct_resident(import_id=import_id, citizen_id=1, patch=Patch(town="Elsewhere"), actor=None)
    connection.close()


def corrected_while_it_is_counted(
    monkeypatch: pytest.MonkeyPatch, after: Callable[[Count], Count]
) -> tuple[list[int], list[str]]:
    """What is stale, and what is wrong, when a correction commits between the counting and the refresh's commit."""
    import_id = load(people(9))

    def count(**values: object) -> Count | None:
        found = count_import(**values)  # type: ignore[arg-type]  # passed on
        in_threads([(correct, import_id)])
        return after(found) if found else None

    with monkeypatch.context() as patched:
        patched.setattr(service, "count_import", count)
        service.refresh_import(import_id=import_id)
    stale = [one.import_id for one in stale_imports()]
    refresh_demand()
    return stale, faults(utc_today())


def test_a_correction_during_the_counting_is_found_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    stale, wrong = corrected_while_it_is_counted(monkeypatch, lambda found: found)
    assert (len(stale), wrong) == (1, [])


def test_with_the_revision_read_after_the_counting_it_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    stale, wrong = corrected_while_it_is_counted(
        monkeypatch, lambda found: replace(found, revision=Import.objects.get().revision)
    )
    assert (stale, "the current picture" in wrong) == ([], True)


def test_a_correction_that_was_written_before_and_commits_after_the_counting_is_found() -> None:
    import_id, written, go_on = load(people(9)), Event(), Event()

    def correct_slowly() -> None:
        with transaction.atomic():
            correct_resident(import_id=import_id, citizen_id=1, patch=Patch(town="Elsewhere"), actor=None)
            written.set()
            go_on.wait(PATIENCE)
        connection.close()

    thread = Thread(target=correct_slowly)
    thread.start()
    assert written.wait(PATIENCE)
    refresh_demand()
    go_on.set()
    thread.join()
    # The negative control: by the clock nothing happened since.
    counted = ImportDemand.objects.get()
    assert not Correction.objects.filter(corrected_at__gt=counted.refreshed_at).exists()
    assert [one.import_id for one in stale_imports()] == [import_id]
    refresh_demand()
    assert faults(utc_today()) == []


def test_a_deletion_waits_until_the_import_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    import_id, order = load(people(9)), []

    def delete() -> None:
        delete_delivery(import_id=import_id, actor=None)
        order.append("deleted")
        connection.close()

    thread = Thread(target=delete)

    def count(**values: object) -> Count | None:
        thread.start()
        thread.join(0.2)
        order.append("counted")
        return count_import(**values)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(service, "count_import", count)
    service.refresh_import(import_id=import_id)
    thread.join()
    assert order == ["counted", "deleted"]
    refresh_demand()
    assert faults(utc_today()) == []


def test_refreshes_at_the_same_time_add_up_right() -> None:
    numbers = [load(people(size), source=source) for source in "abc" for size in (5, 9)]

    def refresh(import_id: int) -> None:
        service.refresh_import(import_id=import_id)
        connection.close()

    in_threads([(refresh, number) for number in numbers * 2])
    assert (stale_imports(), faults(utc_today())) == ([], [])
