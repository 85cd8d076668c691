"""The refresh of demand by real processes: asked for, swept, killed, without Redis."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connection

from analytics.models import ImportDemand
from analytics.services.counting.refresh_demand import refresh_demand, request_refresh
from analytics.services.counting.stale import count_stale_imports, utc_today
from analytics.tasks import sweep_stale
from tests.analytics.naive import faults, stored_current
from tests.background.workers import PrivateRedis, start_worker, until
from tests.factories import delivery, people
from tests.held import held
from tests.imports.world import load
from tests.server import ROOT, database_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def refreshing() -> Iterator[int]:
    """A refresh by a process of its own, which has written segments and waits before the last of its writes.

    Yields the process; what was counted before it is one import of nine.
    """
    load(people(9))
    refresh_demand()
    load(delivery(60, relations=40, seed=1))
    command = [sys.executable, "manage.py", "refresh_demand"]
    environment = {**os.environ, "DATABASE_URL": database_url()}
    with held("analytics_publishedsegment"):
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(waiting)
        yield process.pid
    process.kill()
    process.wait(10)


def waiting() -> int | None:
    """The process of PostgreSQL in which a refresh waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND query LIKE '%%MERGE INTO%%' AND wait_event_type = 'Lock'"
        )
        row = cursor.fetchone()
    return row[0] if row else None


def the_last_good_picture() -> bool:
    return sum(values[0] for values in stored_current().values()) == 9 and ImportDemand.objects.count() == 1


def test_a_killed_refresh_leaves_the_last_good_picture_and_the_next_one_completes_it(refreshing: int) -> None:
    assert the_last_good_picture()
    backend = waiting()
    os.kill(refreshing, signal.SIGKILL)
    with connection.cursor() as cursor:
        # What the server's check of its clients does after a while.
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
    until(lambda: waiting() is None)
    assert the_last_good_picture()


@pytest.mark.thorough
def test_a_refresh_that_loses_its_connection_leaves_the_last_good_picture(refreshing: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [waiting()])
    until(lambda: waiting() is None)
    assert the_last_good_picture()


@pytest.fixture(autouse=True)
def completed() -> Iterator[None]:
    """Whatever happened, the next refresh makes everything right."""
    yield
    refresh_demand()
    assert faults(utc_today()) == []


def test_a_worker_counts_what_the_sweep_finds_and_what_is_asked_for() -> None:
    actor = User.objects.create_user(username="ada")
    with start_worker():
        load(people(9))
        sweep_stale()
        until(lambda: count_stale_imports() == 0)
        first = ImportDemand.objects.get().refreshed_at
        load(people(12))
        assert [request_refresh(actor=actor) for _ in range(5)] == [True] * 5
        until(lambda: count_stale_imports() == 0)
    assert ImportDemand.objects.count() == 2
    assert ImportDemand.objects.order_by("pk")[0].refreshed_at == first


def test_without_redis_a_request_says_so_at_once(redis: PrivateRedis) -> None:
    actor = User.objects.create_user(username="ada")
    load(people(3))
    redis.kill()
    begun = time.monotonic()
    assert not request_refresh(actor=actor)
    assert time.monotonic() - begun < 2
    redis.start()
    until(lambda: request_refresh(actor=actor))
