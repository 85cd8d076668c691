"""Beat, as a process: it sends what the rows say, leaves them as staff made them, and of several one sends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from redis import Redis

from config.common.background.models import Lease
from config.common.background.tasks import sweep_task
from imports.models import Import
from tests.background.workers import PrivateRedis, start_worker, until
from tests.server import ROOT, database_url

KEY = f"{os.environ['CELERY_KEY_PREFIX']}urgent"
# One that knows of no lease.
CARELESS = "tests.background.careless_beat:CarelessBeat"
# Programs start and stop, on a machine that is at work.
START_SECONDS, STOP_SECONDS = 150, 60


@contextmanager
def start_beat(redis: PrivateRedis, scheduler: str = "", **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "tests.background.app", "beat", "--pidfile="]
    command += ["--loglevel", "ERROR", *(["--scheduler", scheduler] if scheduler else [])]
    environment = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": redis.url, **variables}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)
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
        until(lambda: broker.llen(KEY), START_SECONDS)
        message = broker.lindex(KEY, -1)
    assert isinstance(message, bytes)
    headers = json.loads(message)["headers"]
    assert headers["task"] == "background.sweep"
    assert headers["expires"] is not None
    edited = PeriodicTask.objects.values_list("name", "expire_seconds", "interval__every", "description")
    assert list(edited) == [("Sweep", 7, 1, "Edited.")]


def sent_and_written_down(schedule: PeriodicTask, redis: PrivateRedis, folder: Path, scheduler: str) -> tuple[int, int]:
    """How many messages two beats sent that ran side by side, and how many the row knows of."""
    signs = [folder / "first", folder / "second"]
    with Redis.from_url(redis.url) as broker:
        with (
            start_beat(redis, scheduler, HEARTBEAT_PATH=str(signs[0])),
            start_beat(redis, scheduler, HEARTBEAT_PATH=str(signs[1])),
        ):
            until(lambda: all(sign.exists() for sign in signs), START_SECONDS)
            both = broker.llen(KEY)
            until(lambda: broker.llen(KEY) >= both + 4)
        schedule.refresh_from_db()
        return broker.llen(KEY), schedule.total_run_count


def test_of_two_beats_one_sends(schedule: PeriodicTask, redis: PrivateRedis, tmp_path: Path) -> None:
    sent, written = sent_and_written_down(schedule, redis, tmp_path, scheduler="")
    assert sent == written
    assert Lease.objects.get(name="background.beat").expires_at is not None


def test_without_the_lease_each_of_them_sends(schedule: PeriodicTask, redis: PrivateRedis, tmp_path: Path) -> None:
    sent, written = sent_and_written_down(schedule, redis, tmp_path, scheduler=CARELESS)
    assert sent > written


@pytest.mark.parametrize(
    ("number", "unwritten"),
    # One that is killed may have sent and not written.
    [(signal.SIGTERM, {0}), (signal.SIGKILL, {0, 1})],
)
def test_a_beat_that_stands_by_takes_over_and_sends_nothing_again(
    schedule: PeriodicTask, redis: PrivateRedis, number: signal.Signals, unwritten: set[int]
) -> None:
    with Redis.from_url(redis.url) as broker, start_beat(redis) as first:
        until(lambda: broker.llen(KEY), START_SECONDS)
        with start_beat(redis):
            first.send_signal(number)
            first.wait(STOP_SECONDS)
            before = broker.llen(KEY)
            until(lambda: broker.llen(KEY) > before, START_SECONDS)
        schedule.refresh_from_db()
        assert broker.llen(KEY) - schedule.total_run_count in unwritten


@pytest.mark.thorough
def test_two_beats_and_a_worker_do_the_work_that_lies_around_once(schedule: PeriodicTask, redis: PrivateRedis) -> None:
    from django.utils import timezone

    Import.objects.create(deleted_at=timezone.now())
    with start_beat(redis), start_beat(redis), start_worker(REDIS_URL=redis.url, concurrency=2):
        until(lambda: not Import.objects.exists())
