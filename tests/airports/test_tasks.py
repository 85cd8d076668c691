"""Purging and expiring as tasks: in chunks, one run at a time, scheduled."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from pytest_django import Settings

from airports import tasks
from airports.models import Airport, PendingChange
from airports.services.create_airport import create_airport
from airports.services.flag_airport import flag_airport
from airports.tasks import expire_changes_task, purge_airports_task, purge_chunk_task
from config.common.background import chunks
from config.common.background.single import single_run
from config.common.models import ChunkedRun

LONG_AGO = timedelta(days=31)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs whose next chunk was enqueued."""
    runs: list[str] = []
    monkeypatch.setattr(chunks, "enqueue", lambda task, *, run, **_: runs.append(f"{task} {run}"))
    return runs


def flagged(count: int, *, ago: timedelta = LONG_AGO) -> list[int]:
    """Airports that were flagged so long ago."""
    ids = []
    for number in range(count):
        airport = create_airport(values={"name": f"A{number}", "latitude": 1.0, "longitude": 1.0}, actor=None)
        flag_airport(airport_id=airport.pk, actor=None)
        ids.append(airport.pk)
    Airport.objects.filter(pk__in=ids).update(deleted_at=timezone.now() - ago)
    return ids


@pytest.mark.django_db
def test_the_purge_goes_over_the_ids_in_chunks_and_leaves_what_is_not_due(
    sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_PURGED_IDS", 2)
    monkeypatch.setattr(tasks, "_CHUNKS_A_SECOND", 1e6)
    stays = flagged(1, ago=timedelta(days=1))
    gone = flagged(5)
    purge_airports_task.run()
    run = ChunkedRun.objects.get()
    left = []
    while run.finished_at is None:
        purge_chunk_task.run(run=run.name, something="newer")
        run.refresh_from_db()
        left.append(Airport.objects.filter(pk__in=gone).count())
    assert left == [3, 1, 0]
    assert list(Airport.objects.values_list("pk", flat=True)) == stays
    assert sent == [f"airports.purge_chunk {run.name}"] * 3


@pytest.mark.django_db
def test_a_second_purge_of_the_day_begins_no_second_run(sent: list[str]) -> None:
    flagged(1)
    purge_airports_task.run()
    purge_airports_task.run()
    assert ChunkedRun.objects.count() == 1


@pytest.mark.django_db
def test_nothing_due_begins_nothing(sent: list[str]) -> None:
    flagged(1, ago=timedelta(days=29))
    purge_airports_task.run()
    assert (ChunkedRun.objects.count(), sent) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_a_purge_beside_another_does_nothing(sent: list[str]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def elsewhere() -> None:
        purge_airports_task.run()
        connection.close()

    flagged(1)
    with single_run(tasks.PURGE), ThreadPoolExecutor(1) as pool:
        pool.submit(elsewhere).result(5)
    assert ChunkedRun.objects.count() == 0


@pytest.mark.django_db
def test_links_that_ran_out_long_ago_are_forgotten(settings: Settings) -> None:
    kept: dict[str, Any] = {"action": "create", "changes": {}, "before": {}}
    now = timezone.now()
    PendingChange.objects.create(token_hash="old", expires_at=now - settings.AIRPORT_LINK_MEMORY, **kept)
    PendingChange.objects.create(token_hash="new", expires_at=now, **kept)
    expire_changes_task.run()
    assert PendingChange.objects.get().token_hash == "new"


@pytest.mark.django_db
def test_both_are_scheduled() -> None:
    found = PeriodicTask.objects.filter(task__in=[tasks.PURGE, tasks.EXPIRE], enabled=True)
    assert {one.task: str(one.interval) for one in found} == {tasks.PURGE: "every day", tasks.EXPIRE: "every hour"}
