"""Raw bodies go when their time is over, and not before."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from imports.models import Import, RawChunk
from imports.services.erasing import erase_bodies as service
from imports.services.erasing.delete_delivery import delete_delivery, purge_deleted_deliveries
from imports.services.erasing.erase_bodies import erase_old_bodies
from tests.imports.world import received

pytestmark = pytest.mark.django_db


def settled(status: str, days: float | None) -> int:
    """A delivery with a body that has been in this state for so many days."""
    import_id = received(b"{}")
    since = None if days is None else timezone.now() - timedelta(days=days)
    Import.objects.filter(pk=import_id).update(status=status, settled_at=since)
    return import_id


def kept() -> set[int]:
    with_size = set(Import.objects.filter(body_size__isnull=False).values_list("pk", flat=True))
    assert set(RawChunk.objects.values_list("delivery_id", flat=True)) == with_size
    return with_size


@pytest.mark.parametrize("status", ["complete", "failed", "cancelled"])
def test_a_body_goes_after_the_days_of_the_setting(settings: Any, status: str) -> None:
    settings.IMPORT_BODY_DAYS = 7
    old, young = settled(status, 7.01), settled(status, 6.99)
    assert erase_old_bodies() == (1, False)
    assert kept() == {young}
    assert Import.objects.filter(pk=old).exists()


@pytest.mark.parametrize("status", ["queued", "loading", "checked"])
def test_a_body_that_is_still_needed_stays(settings: Any, status: str) -> None:
    settings.IMPORT_BODY_DAYS = 0
    waiting = settled(status, None)
    assert erase_old_bodies() == (0, False)
    assert kept() == {waiting}


def test_without_any_days_what_failed_can_still_be_tried_again_for_one(settings: Any) -> None:
    settings.IMPORT_BODY_DAYS = 0
    settled("complete", 0)
    settled("failed", 1.01)
    young = settled("failed", 0.99)
    assert erase_old_bodies() == (2, False)
    assert kept() == {young}


def test_an_erasure_goes_on_where_it_had_to_stop() -> None:
    for _ in range(3):
        settled("complete", 30)
    assert erase_old_bodies(seconds=0) == (0, True)
    assert erase_old_bodies() == (3, False)


def test_a_retry_that_comes_in_between_keeps_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = settled("failed", 30)
    erase = service._erase

    def late(number: int, due: Any) -> bool:
        Import.objects.filter(pk=number).update(status="queued", settled_at=None)
        return erase(number, due)

    monkeypatch.setattr(service, "_erase", late)
    assert erase_old_bodies() == (0, False)
    assert kept() == {import_id}


def test_a_deleted_import_loses_its_body_with_the_purge() -> None:
    delete_delivery(import_id=settled("complete", 0), actor=None)
    assert purge_deleted_deliveries() == 1
    assert kept() == set()
