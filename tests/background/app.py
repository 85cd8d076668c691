"""A tiny task app on the product's own: what the fault tests let workers do.

`background_start` gets a row when a run begins, `background_done` when the work is done; neither has a key, so work
that is done twice shows.
"""

import os
import time
from typing import Any

import structlog
from django.db import connection, transaction

from config.celery import app
from config.common.background.leases import LeaseLost, LeaseTaken, lease
from config.common.background.policy import BackgroundTask, background_task

__all__ = ["app"]

LEASE_SECONDS = 2.0

logger = structlog.get_logger("config.tests")
_QUICK = {"queue": "default", "default_retry_delay": 1, "retry_backoff": 1, "retry_backoff_max": 1}


@background_task("tests.careful", **_QUICK)  # type: ignore[arg-type]  # the policy's values are of several kinds
def careful(self: BackgroundTask, *, work: str, seconds: float = 0.0, **kwargs: Any) -> None:
    """Does `work` once, however often it is delivered, killed or late."""
    try:
        with lease(work, seconds=LEASE_SECONDS) as held:
            if count("background_done", work):
                return
            note("background_start", work)
            time.sleep(seconds)
            with transaction.atomic():
                held.assert_fence()
                note("background_done", work)
    except LeaseTaken as taken:
        raise self.retry(exc=taken, countdown=1, max_retries=20) from None
    except LeaseLost:
        note("background_late", work)


@background_task("tests.careless", **_QUICK)  # type: ignore[arg-type]  # as above
def careless(self: BackgroundTask, *, work: str, seconds: float = 0.0, **kwargs: Any) -> None:
    """The negative control: the same without a lease."""
    note("background_start", work)
    time.sleep(seconds)
    note("background_done", work)


@background_task("tests.fails", queue="urgent")
def fails(self: BackgroundTask, *, work: str, **kwargs: Any) -> None:
    """Says what it is about to do, and fails in the database, which quotes `work`."""
    logger.info("about_to_fail")
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::date", [work])


@background_task("tests.context", queue="urgent")
def context(self: BackgroundTask, *, work: str, **kwargs: Any) -> None:
    """Writes down what its log lines carry."""
    bound = structlog.contextvars.get_contextvars()
    note("background_start", f"{work} {bound.get('request_id')} {bound.get('task')}")


@background_task("tests.ticks", queue="urgent", ticks=True)
def tick(self: BackgroundTask, *, work: str, **kwargs: Any) -> None:
    """Does its work without a word."""
    note("background_done", work)


def note(table: str, work: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} VALUES (%s, %s)", [work, os.getpid()])


def count(table: str, work: str) -> int:
    return len(pids(table, work))


def pids(table: str, work: str) -> list[int]:
    """The processes that wrote a row for `work`, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pid FROM {table} WHERE work = %s ORDER BY ctid", [work])
        return [pid for (pid,) in cursor.fetchall()]
