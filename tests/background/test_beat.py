"""Beat, as a process: it sends what the rows say, leaves them as staff made them, and may run twice."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from redis import Redis

from config.common.background.tasks import sweep_task
from imports.models import Import
from tests.background.workers import PrivateRedis, start_worker, until
from tests.server import ROOT, database_url

KEY = f"{os.environ['CELERY_KEY_PREFIX']}urgent"


@contextmanager
def start_beat(redis: PrivateRedis, **variables: str) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "tests.background.app", "beat", "--pidfile="]
    environment = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": redis.url, **variables}
    process = subprocess.Popen([*command, "--loglevel", "ERROR"], cwd=ROOT, env=environment)
    try:
        yield
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture
def schedule(work: str) -> PeriodicTask:
    """The sweeper's, every second and edited by staff."""
    PeriodicTask.objects.all().delete()
    interval = IntervalSchedule.objects.create(every=1, period="seconds")
    return PeriodicTask.objects.create(
        name="Sweep", task=sweep_task.name, interval=interval, expire_seconds=7, description="Edited."
    )


def test_beat_sends_what_the_row_says_and_leaves_the_edit_of_staff_alone(
    schedule: PeriodicTask, redis: PrivateRedis
) -> None:
    with start_beat(redis), Redis.from_url(redis.url) as broker:
        until(lambda: broker.llen(KEY))
        message = broker.lindex(KEY, -1)
    assert isinstance(message, bytes)
    headers = json.loads(message)["headers"]
    assert headers["task"] == "background.sweep"
    assert headers["expires"] is not None
    edited = PeriodicTask.objects.values_list("name", "expire_seconds", "interval__every", "description")
    assert list(edited) == [("Sweep", 7, 1, "Edited.")]


@pytest.mark.thorough
def test_two_beats_and_a_worker_do_the_work_that_lies_around_once(schedule: PeriodicTask, redis: PrivateRedis) -> None:
    from django.utils import timezone

    Import.objects.create(deleted_at=timezone.now())
    with start_beat(redis), start_beat(redis), start_worker(REDIS_URL=redis.url, concurrency=2):
        until(lambda: not Import.objects.exists())
