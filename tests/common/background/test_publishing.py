"""Putting work into a queue: after the commit, and without harm when the broker is away."""

import json
import time
from collections.abc import Iterator

import pytest
from celery import current_app
from django.conf import settings
from django.db import transaction
from redis import Redis

from config.common.background import publishing
from config.common.background.publishing import enqueue, publish
from config.settings.background import broker_url

TASK = "background.clear_expired"
KEY = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}default"


@pytest.fixture
def broker() -> Iterator[Redis]:
    """The suite's Redis, with nothing in this process's queues."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.delete(KEY)
        yield redis
        redis.delete(KEY)


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Redis that does not listen."""
    before = current_app.conf.broker_url
    current_app.conf.broker_url = "redis://127.0.0.1:1"
    monkeypatch.setattr(publishing, "_publisher", publishing._Publisher())
    yield
    current_app.conf.broker_url = before


@pytest.mark.django_db(transaction=True)
def test_a_message_is_sent_after_the_commit_and_not_after_a_rollback(broker: Redis) -> None:
    with transaction.atomic():
        enqueue(TASK, kept=1)
        assert broker.llen(KEY) == 0
    with transaction.atomic():
        enqueue(TASK, kept=2)
        transaction.set_rollback(True)
    assert broker.llen(KEY) == 1


def test_a_message_carries_its_arguments_its_limits_and_the_time(broker: Redis) -> None:
    assert publish(TASK, kwargs={"import_id": 7})
    raw = broker.lindex(KEY, 0)
    assert isinstance(raw, bytes)
    headers = json.loads(raw)["headers"]
    assert headers["task"] == TASK
    assert headers["kwargsrepr"] == "{'import_id': 7}"
    assert headers["expires"] is not None
    assert abs(headers["enqueued_at"] - time.time()) < 5


def test_a_broker_that_is_away_costs_nothing_but_a_log_line_and_is_not_asked_again_at_once(no_broker: None) -> None:
    begun = time.monotonic()
    assert not publish(TASK, kwargs={})
    assert time.monotonic() - begun < 2
    begun = time.monotonic()
    assert not publish(TASK, kwargs={})
    assert time.monotonic() - begun < 0.05


@pytest.mark.django_db
def test_a_task_that_does_not_exist_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(LookupError, match=r"There is no task tests\.none\."):
        enqueue("tests.none")


def test_a_queue_that_does_not_exist_is_not_made(broker: Redis) -> None:
    with pytest.raises(KeyError):
        publish(TASK, kwargs={}, queue="bluk")


@pytest.mark.parametrize(
    ("redis_url", "expected"),
    [
        ("redis://:secret@redis.example:6379/1", "redis://:secret@redis.example:6379/1"),
        ("rediss://redis.example", "rediss://redis.example"),
        ("unix:///tmp/redis.sock", "redis+socket:///tmp/redis.sock"),
        ("unix:///tmp/redis.sock?db=3", "redis+socket:///tmp/redis.sock?virtual_host=3"),
    ],
)
def test_the_broker_is_the_redis_of_the_settings(redis_url: str, expected: str) -> None:
    assert broker_url(redis_url) == expected
