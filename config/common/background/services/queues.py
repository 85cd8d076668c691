"""What waits and what runs: the broker's queues and the workers, for people who watch."""

import json
import time
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.conf import settings
from redis import Redis

_ANSWER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Queue:
    """`oldest` is the age of the message that waits longest, in seconds; None for an empty queue."""

    name: str
    depth: int
    oldest: float | None


@dataclass(frozen=True, slots=True)
class Running:
    """A task that is being worked on; `seconds` since it began."""

    task: str
    seconds: float


def queues() -> list[Queue]:
    """Every queue of the broker. Raises `RedisError` or OSError when it is away."""
    with Redis.from_url(
        settings.REDIS_URL, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS
    ) as redis:
        return [_queue(redis, name) for name in settings.BACKGROUND_QUEUES]


def _queue(redis: Redis, name: str) -> Queue:
    key = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}{name}"
    # New messages are pushed on the left: the last one has waited longest.
    oldest: Any = redis.lindex(key, -1)
    depth: Any = redis.llen(key)
    return Queue(name, int(depth), None if oldest is None else _age(oldest))


def _age(message: bytes) -> float | None:
    enqueued_at = json.loads(message)["headers"].get("enqueued_at")
    return None if enqueued_at is None else max(0.0, time.time() - enqueued_at)


def running() -> dict[str, list[Running]]:
    """What each worker works on that answers within a second; no workers: nothing."""
    active = current_app.control.inspect(timeout=_ANSWER_SECONDS).active() or {}
    now = time.time()
    return {
        worker: [Running(task["name"], now - (task["time_start"] or now)) for task in tasks]
        for worker, tasks in sorted(active.items())
    }
