"""What the sweeper finds, and the schedules of the app."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from pytest_django import Settings

from config.common.background.models import Lease
from imports import tasks
from imports.models import Import, Rename
from imports.services.loading.load_received import WAITS
from imports.tasks import load, load_large, rename, sweep_renames, sweep_stalled
from tests.factories import ImportFactory, people
from tests.imports.world import load as load_people
from tests.imports.world import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The deliveries that a sweep enqueues, each with an expiry."""
    found: list[int] = []

    def enqueue(task: str, *, expires: float, import_id: int) -> None:
        assert (task, expires) == ("imports.load", 60)
        found.append(import_id)

    monkeypatch.setattr(tasks, "enqueue", enqueue)
    return found


def test_what_waits_or_has_lost_its_worker_is_enqueued_oldest_first(swept: list[int]) -> None:
    rows = {status.value: ImportFactory(status=status).pk for status in Import.Status}
    ImportFactory(status="queued", deleted_at=timezone.now())
    sweep_stalled()
    assert swept == [rows["queued"], rows["loading"]]


@pytest.mark.parametrize(("seconds", "is_swept"), [(1, False), (-1, True)])
def test_an_import_whose_lease_is_held_is_left_to_its_worker(swept: list[int], seconds: int, is_swept: bool) -> None:
    row = ImportFactory(status="loading")
    expires_at = timezone.now() + timedelta(seconds=seconds)
    Lease.objects.create(name=f"imports.load:{row.pk}", fence=1, holder="somebody", expires_at=expires_at)
    sweep_stalled()
    assert swept == ([row.pk] if is_swept else [])


def test_what_is_large_is_sent_to_its_own_task(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.IMPORT_LARGE_BYTES = 100
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, import_id, **_: sent.append((task, import_id)))
    sizes = [(100, "identity"), (101, "identity"), (10, "gzip"), (11, "gzip")]
    rows = [ImportFactory(status="queued", body_size=size, content_encoding=encoding).pk for size, encoding in sizes]
    sweep_stalled()
    assert sent == list(zip(["imports.load", "imports.load_large"] * 2, rows, strict=True))


@pytest.mark.parametrize(("outcome", "is_next_sent"), [("complete", True), ("failed", True), (WAITS, False)])
def test_the_end_of_a_large_one_sends_the_next_at_once(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, outcome: str, is_next_sent: bool
) -> None:
    settings.IMPORT_LARGE_BYTES = 100
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, import_id, **_: sent.append((task, import_id)))
    monkeypatch.setattr(tasks, "load_large_received", lambda **_: outcome)
    _small, large, _last = (ImportFactory(status="queued", body_size=size).pk for size in (1, 101, 101))
    load_large.run(import_id=0)
    assert sent == ([("imports.load_large", large)] if is_next_sent else [])


def test_large_deliveries_wait_behind_other_bulk_work_and_may_take_hours() -> None:
    assert (load_large.queue_name, load.queue_name) == ("bulk", "default")
    assert load_large.soft_time_limit > 3600
    assert load_large.may_outlive_message


def test_a_sweep_sends_a_bounded_number(swept: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_SWEPT_AT_ONCE", 2)
    rows = [ImportFactory(status="queued").pk for _ in range(3)]
    sweep_stalled()
    assert swept == rows[:2]


def test_erasing_raw_bodies_is_scheduled() -> None:
    schedule = PeriodicTask.objects.get(task="imports.erase_bodies")
    assert (schedule.enabled, str(schedule.interval)) == (True, "every hour")


def test_a_renaming_whose_message_was_lost_is_sent_again_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = load_people(people(2, town="Kiev"))
    asked = Rename.objects.create(delivery_id=import_id, field="town", before="Kiev", after="Kyiv")
    sent: list[tuple[str, dict[str, float]]] = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, **message: sent.append((task, message)))
    sweep_renames()
    rename(rename_id=asked.pk, of_a_newer_caller=True)
    sweep_renames()
    assert sent == [("imports.rename", {"expires": 60, "rename_id": asked.pk})]
    assert [row["town"] for row in stored(import_id).values()] == ["Kyiv", "Kyiv"]
