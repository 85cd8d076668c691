"""Workers, Redis and PostgreSQL are killed and frozen; the work is done, once, and nothing hangs."""

import os
import signal
import time
from collections.abc import Callable
from inspect import Parameter, signature

import pytest
import structlog
from celery import current_app
from django.conf import settings
from django.db import connection
from redis import Redis

from config.common.background.policy import BackgroundTask
from config.common.background.publishing import publish
from imports.models import Import
from tests.background.app import LEASE_SECONDS, count, pids
from tests.background.conftest import PREFIX
from tests.background.workers import PrivateRedis, kill, start_worker, until
from tests.server import start_server

CAREFUL = "tests.careful"


def send(work: str, task: str = CAREFUL, **kwargs: object) -> None:
    assert publish(task, kwargs={"work": work, **kwargs})


def started(work: str, times: int = 1) -> None:
    until(lambda: count("background_start", work) >= times)


def done_once(work: str) -> None:
    until(lambda: count("background_done", work))
    # Whoever is late has had the time to do it again.
    time.sleep(0.5)
    assert count("background_done", work) == 1


def test_a_child_killed_in_the_middle_of_a_task_costs_a_second_run_and_nothing_else(work: str, worker: object) -> None:
    send(work, seconds=2)
    started(work)
    os.kill(pids("background_start", work)[0], signal.SIGKILL)
    done_once(work)
    assert count("background_start", work) == 2


@pytest.mark.thorough
def test_work_of_a_killed_worker_is_done_by_another_when_it_is_sent_again(work: str, redis: PrivateRedis) -> None:
    with start_worker(REDIS_URL=redis.url) as first:
        send(work, seconds=2)
        started(work)
        kill(first)
    # What a sweep does: the broker still waits for the dead worker.
    send(work)
    with start_worker(REDIS_URL=redis.url):
        done_once(work)


def test_a_worker_that_wakes_up_late_cannot_write(work: str, worker: object) -> None:
    send(work, seconds=1)
    started(work)
    frozen = pids("background_start", work)[0]
    os.kill(frozen, signal.SIGSTOP)
    time.sleep(LEASE_SECONDS)
    send(work)
    until(lambda: count("background_done", work))
    os.kill(frozen, signal.SIGCONT)
    until(lambda: count("background_late", work))
    assert pids("background_late", work) == [frozen]
    assert count("background_done", work) == 1


def test_the_same_message_delivered_twice_is_work_done_once_and_without_a_lease_twice(
    work: str, worker: object
) -> None:
    for task, name in ((CAREFUL, work), ("tests.careless", f"{work} control")):
        send(name, task, seconds=0.5)
        send(name, task, seconds=0.5)
    until(lambda: count("background_done", f"{work} control") == 2)
    done_once(work)


def test_a_worker_with_old_code_survives_a_message_with_one_more_argument(work: str, worker: object) -> None:
    send(work, colour="blue")
    done_once(work)


def test_a_message_for_a_task_of_another_release_is_dropped_and_holds_nobody_up(work: str, worker: object) -> None:
    for _ in range(3):
        current_app.send_task("tests.of_another_release", kwargs={"work": work}, queue="default")
    send(work)
    done_once(work)
    with Redis.from_url(settings.REDIS_URL) as redis:
        assert [redis.llen(f"{PREFIX}default"), redis.hlen(f"{PREFIX}unacked")] == [0, 0]


def test_every_task_takes_what_a_newer_release_may_send_along() -> None:
    ours = [task for task in current_app.tasks.values() if isinstance(task, BackgroundTask)]
    assert len(ours) > 20
    kinds = {task.name: [one.kind for one in signature(task.run).parameters.values()] for task in ours}
    assert [name for name, found in kinds.items() if Parameter.VAR_KEYWORD not in found] == []


def test_the_request_id_travels_into_the_log_lines_of_the_task(work: str, worker: object) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        send(work, "tests.context")
    until(lambda: count("background_start", f"{work} r-1 tests.context"))


def test_a_task_whose_database_connection_is_cut_runs_again(work: str, worker: object) -> None:
    send(work, seconds=1)
    started(work)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    done_once(work)
    assert count("background_start", work) == 2


@pytest.mark.thorough
def test_a_redis_that_was_killed_under_the_worker_loses_no_message(work: str, redis: PrivateRedis) -> None:
    with start_worker(REDIS_URL=redis.url, CELERY_SOCKET_TIMEOUT="3"):
        send(f"{work} before")
        done_once(f"{work} before")
        redis.kill()
        assert not publish(CAREFUL, kwargs={"work": work})
        redis.start()
        until(lambda: publish(CAREFUL, kwargs={"work": work}))
        done_once(work)


def test_while_redis_is_frozen_publishing_gives_up_within_two_seconds_and_afterwards_work_goes_on(
    work: str, redis: PrivateRedis
) -> None:
    with start_worker(REDIS_URL=redis.url, CELERY_SOCKET_TIMEOUT="3"):
        send(f"{work} before")
        done_once(f"{work} before")
        redis.send(signal.SIGSTOP)
        begun = time.monotonic()
        assert not publish(CAREFUL, kwargs={"work": work})
        assert time.monotonic() - begun < 2
        begun = time.monotonic()
        assert not publish(CAREFUL, kwargs={"work": work})
        assert time.monotonic() - begun < 0.1
        redis.send(signal.SIGCONT)
        until(lambda: publish(CAREFUL, kwargs={"work": work}))
        done_once(work)


def test_a_worker_that_is_told_to_stop_gives_long_work_back_within_seconds(work: str, redis: PrivateRedis) -> None:
    with start_worker(REDIS_URL=redis.url) as first:
        send(work, seconds=600)
        started(work)
        first.terminate()
        first.wait(60)
    with start_worker(REDIS_URL=redis.url):
        started(work, times=2)


@pytest.mark.thorough
def test_a_delete_answers_within_two_seconds_while_redis_is_frozen_and_the_sweeper_sees_to_it(
    work: str, redis: PrivateRedis, token_of: Callable[[str], str]
) -> None:
    deleted = Import.objects.create(status=Import.Status.COMPLETE)
    token = token_of("Managers")
    with start_server(REDIS_URL=redis.url, WEB_WORKERS="1") as server, server.client(token) as client:
        assert client.get("/imports").status_code == 200
        redis.send(signal.SIGSTOP)
        begun = time.monotonic()
        assert client.delete(f"/imports/{deleted.pk}").status_code == 204
        assert time.monotonic() - begun < 2
        redis.send(signal.SIGCONT)
    assert Import.objects.deleted().count() == 1
    with start_worker(REDIS_URL=redis.url):
        until(lambda: publish("background.sweep", kwargs={}))
        until(lambda: not Import.objects.exists())


@pytest.mark.faults
def test_a_message_of_a_killed_worker_comes_back_after_the_visibility_timeout(work: str, redis: PrivateRedis) -> None:
    with start_worker(REDIS_URL=redis.url) as first:
        send(work, seconds=3)
        started(work)
        kill(first)
    time.sleep(4)
    with start_worker(REDIS_URL=redis.url, CELERY_VISIBILITY_TIMEOUT="3", CELERY_SKIP_CHECKS="1"):
        done_once(work)


@pytest.mark.faults
def test_after_a_minute_of_a_frozen_redis_the_worker_goes_on(work: str, redis: PrivateRedis) -> None:
    with start_worker(REDIS_URL=redis.url):
        send(f"{work} before", seconds=1)
        started(f"{work} before")
        redis.send(signal.SIGSTOP)
        time.sleep(60)
        redis.send(signal.SIGCONT)
        done_once(f"{work} before")
        until(lambda: publish(CAREFUL, kwargs={"work": work}))
        done_once(work)
