"""Counting again what is stale: new, corrected, deleted and erased imports, days that pass, other age groups."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import Sum

from analytics.models import CurrentSegment, DemandSettings, ImportDemand, Segment
from analytics.services.counting import refresh_demand as service
from analytics.services.counting import refresh_import as refresh_import_service
from analytics.services.counting.count_import import Count, count_import
from analytics.services.counting.refresh_demand import REFRESH, refresh_all, refresh_demand
from analytics.services.counting.refresh_import import refresh_import
from analytics.services.counting.stale import count_stale_imports, stale_imports
from analytics.tasks import refresh
from config.common.background import publishing
from config.common.privacy.readers import Reader
from imports.fields import Patch
from imports.models import Import
from imports.services.erasing.delete_delivery import delete_delivery, purge_deleted_deliveries
from imports.services.erasing.erase_delivery import erase_delivery
from imports.services.erasing.erase_resident import erase_resident
from imports.services.refresh_demand import REFRESH_DEMAND
from imports.services.residents.correct_resident import correct_resident
from tests.analytics import naive_ties
from tests.analytics.naive import faults
from tests.factories import delivery, people
from tests.imports.world import load

pytestmark = pytest.mark.django_db


def today() -> date:
    return datetime.now(UTC).date()


def stale() -> list[int]:
    return [one.import_id for one in stale_imports()]


def refreshed() -> int:
    """How many imports; afterwards everything is right and nothing is stale."""
    count, more = refresh_demand()
    assert (more, stale(), faults(today()), naive_ties.faults(today())) == (False, [], [], [])
    return count


def test_a_new_import_is_counted_once() -> None:
    import_id = load(delivery(300, relations=200, seed=1))
    assert stale() == [import_id]
    assert (refreshed(), refreshed()) == (1, 0)
    assert ImportDemand.objects.get().is_current


@pytest.mark.parametrize("go", ["delete", "erase", "resident"])
def test_residents_who_go_are_out_of_the_demand_without_waiting_for_a_sweep(
    go: str, django_capture_on_commit_callbacks: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(publishing, "publish", lambda name, **_: sent.append(name))
    import_id = load(people(5))
    refreshed()
    leave: dict[str, Callable[[], object]] = {
        "delete": lambda: delete_delivery(import_id=import_id, actor=None),
        "erase": lambda: erase_delivery(import_id=import_id, actor=None),
        "resident": lambda: erase_resident(
            import_id=import_id, citizen_id=1, actor=None, reader=Reader(account_id=None, username="t", via="t")
        ),
    }
    with django_capture_on_commit_callbacks(execute=True):
        leave[go]()
    assert (REFRESH in sent, REFRESH_DEMAND) == (True, REFRESH)
    refresh.run()
    left = ImportDemand.objects.current().aggregate(Sum("residents"))["residents__sum"] or 0
    assert left == (4 if go == "resident" else 0)


def test_an_import_without_residents_is_current_too() -> None:
    load(people(5))
    load([])
    assert refreshed() == 2
    assert (CurrentSegment.objects.count(), ImportDemand.objects.current().get().residents) == (0, 0)


def test_the_last_import_of_each_source_is_current() -> None:
    for source, seed in (("a", 1), ("b", 2), ("a", 3)):
        load(delivery(60, relations=40, seed=seed), source=source)
        refreshed()
    assert [row.is_current for row in ImportDemand.objects.order_by("pk")] == [False, True, True]


def test_a_correction_makes_its_import_stale_and_no_other() -> None:
    load(people(9), source="a")
    import_id = load(people(9), source="b")
    refreshed()
    correct_resident(import_id=import_id, citizen_id=1, patch=Patch(town="Elsewhere", friends=[2]), actor=None)
    assert stale() == [import_id]
    assert refreshed() == 1


def test_a_deleted_import_disappears_and_the_one_before_becomes_current() -> None:
    before, last = load(people(9)), load(people(12))
    refreshed()
    delete_delivery(import_id=last, actor=None)
    assert stale() == [last]
    refreshed()
    assert ImportDemand.objects.current().get().pk == before


def test_a_deletion_whose_rows_are_gone_already_is_found() -> None:
    import_id = load(people(9))
    refreshed()
    delete_delivery(import_id=import_id, actor=None)
    purge_deleted_deliveries()
    assert stale() == [import_id]
    refreshed()
    assert (ImportDemand.objects.count(), Segment.objects.count(), CurrentSegment.objects.count()) == (0, 0, 0)


def test_an_erased_import_keeps_its_trend_and_leaves_the_current_picture() -> None:
    before, erased = load(people(9)), load(people(12))
    refreshed()
    segments = Segment.objects.filter(delivery_id=erased, at_delivery=True).count()
    Import.objects.filter(pk=erased).update(status="erased", revision=7)
    assert stale() == [erased]
    refreshed()
    assert ImportDemand.objects.current().get().pk == before
    frozen = ImportDemand.objects.get(pk=erased)
    assert (frozen.residents, frozen.revision, frozen.is_current) == (12, 0, False)
    assert Segment.objects.filter(delivery_id=erased).count() == segments
    assert refresh_all() == 1


def test_on_a_birthday_that_changes_no_group_only_the_date_moves() -> None:
    born = today() - timedelta(days=365 * 30)
    import_id = load(people(9, birth_date=f"{born:%d.%m.%Y}"))
    refreshed()
    Segment.objects.update(courses=77)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30)):
        assert stale() == [import_id]
        assert refresh_demand() == (1, False)
        assert (stale(), ImportDemand.objects.get().as_of) == ([], today())
    assert set(Segment.objects.values_list("courses", flat=True)) == {77}


def test_whoever_came_of_age_is_counted_there_from_that_day() -> None:
    born = date(2008, 3, 1)
    with time_machine.travel(datetime(2026, 2, 28, 12, tzinfo=UTC)):
        load(people(9, birth_date=f"{born:%d.%m.%Y}"))
        refreshed()
        assert set(CurrentSegment.objects.values_list("age_group", flat=True)) == {0}
    with time_machine.travel(datetime(2026, 3, 1, 0, tzinfo=UTC)):
        assert refreshed() == 1
        assert set(CurrentSegment.objects.values_list("age_group", flat=True)) == {1}
    assert set(Segment.objects.filter(at_delivery=True).values_list("age_group", flat=True)) == {0}


def test_other_age_groups_make_everything_stale_and_the_current_picture_changes_at_once() -> None:
    for source in ("a", "a", "b", "c"):
        load(delivery(50, relations=20, seed=4), source=source)
    refreshed()
    DemandSettings.objects.create(pk=1, age_bounds=[0, 30], small_segment=3)
    assert count_stale_imports() == 4
    refresh_demand(seconds=0)
    assert count_stale_imports() == 4
    refresh_import(import_id=stale()[0])
    assert set(ImportDemand.objects.current().values_list("scheme", flat=True)) == {"0,30;3"}
    refreshed()


def test_the_current_delivery_of_a_source_is_counted_once_though_others_are_stale_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded, counted = {load(people(number)) for number in (3, 4, 5)}, list[int]()

    def count(*, import_id: int, **values: Any) -> Count | None:
        counted.append(import_id)
        return count_import(import_id=import_id, **values)

    monkeypatch.setattr(refresh_import_service, "count_import", count)
    assert refreshed() == 3
    assert (sorted(counted), len(loaded)) == (sorted(loaded), 3)


def test_one_import_that_cannot_be_counted_keeps_no_other_from_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = load(people(3), source="a"), load(people(4), source="b")

    def fail(*, import_id: int, may_place: bool) -> set[int]:
        if import_id == broken:
            raise ValueError("broken")
        return refresh_import(import_id=import_id, may_place=may_place)

    monkeypatch.setattr(service, "refresh_import", fail)
    assert refresh_demand() == (1, False)
    assert (stale(), ImportDemand.objects.get().pk) == ([broken], sound)
