"""Tables that the test tasks write to, and a broker of one's own."""

import subprocess
from collections.abc import Iterator

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from redis import Redis

from config.common.background import publishing
from config.settings.background import broker_url
from tests.background.workers import PrivateRedis, private_redis, start_worker

PREFIX = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
TABLES = ("background_start", "background_done", "background_late")


@pytest.fixture(autouse=True)
def empty_queues() -> None:
    """What tests without a worker have left in the queues is not for this test's worker to work off."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.delete(*[f"{PREFIX}{name}" for name in settings.BACKGROUND_QUEUES])


@pytest.fixture
def work(transactional_db: None, request: pytest.FixtureRequest) -> str:
    """The name of some work; the tables are there and empty."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} (work text, pid int)")
            cursor.execute(f"TRUNCATE {table}")
    return str(request.node.name[:80])


@pytest.fixture(scope="module")
def worker(django_db_setup: None) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with two children, shared by the tests that leave it alive."""
    with start_worker(concurrency=2) as process:
        yield process


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateRedis]:
    """A Redis to kill and to freeze; this process publishes to it."""
    with private_redis() as running:
        before = current_app.conf.broker_url
        current_app.conf.broker_url = broker_url(running.url)
        monkeypatch.setattr(publishing, "_publisher", publishing._Publisher())
        monkeypatch.setattr(publishing, "PAUSE_SECONDS", 0.5)
        yield running
        current_app.conf.broker_url = before
