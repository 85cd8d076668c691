"""Purging and expiring as tasks: one run at a time, scheduled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from pytest_django import Settings

from airports import tasks
from airports.models import Airport, PendingChange
from airports.services import purge_airports as purge
from airports.services.create_airport import create_airport
from airports.services.flag_airport import flag_airport
from airports.tasks import expire_changes_task, purge_airports_task
from config.common.background.single import single_run

LONG_AGO = timedelta(days=31)


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
def test_the_purge_goes_on_to_the_last_and_leaves_what_is_not_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "_AT_ONCE", 2)
    stays = flagged(1, ago=timedelta(days=29))
    flagged(5)
    purge_airports_task.run(something="newer")
    assert list(Airport.objects.values_list("pk", flat=True)) == stays


@pytest.mark.django_db(transaction=True)
def test_a_purge_beside_another_does_nothing() -> None:
    def elsewhere() -> None:
        purge_airports_task.run()
        connection.close()

    (stays,) = flagged(1)
    with single_run(tasks.PURGE), ThreadPoolExecutor(1) as pool:
        pool.submit(elsewhere).result(5)
    assert Airport.objects.filter(pk=stays).exists()


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
