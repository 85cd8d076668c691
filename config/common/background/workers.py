"""Which workers live: each says so every few seconds, in the Redis that it works for."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from redis import Redis

# A worker that has said nothing for so long is dead, frozen, or cut off from Redis.
SILENT_SECONDS = 30
_ANSWER_SECONDS = 1.0


def note_worker(*, name: str, queues: Iterable[str]) -> None:
    """Worker `name` lives and takes from `queues`. Raises `RedisError` or OSError while Redis is away."""
    with _redis() as redis:
        redis.zadd(_key(), dict.fromkeys((f"{queue} {name}" for queue in queues), _now(redis)))


def forget_worker(*, name: str, queues: Iterable[str]) -> None:
    """Worker `name` leaves. Raises as `note_worker`."""
    with _redis() as redis:
        redis.zrem(_key(), *(f"{queue} {name}" for queue in queues))


def workers_by_queue() -> dict[str, float]:
    """How many workers take from each queue, 0 among them. Raises as `note_worker`."""
    with _redis() as redis:
        redis.zremrangebyscore(_key(), "-inf", _now(redis) - SILENT_SECONDS)
        members: Any = redis.zrange(_key(), 0, -1)
    living = Counter(member.decode().partition(" ")[0] for member in members)
    return {queue: float(living[queue]) for queue in settings.BACKGROUND_QUEUES}


def _redis() -> Redis:
    limits = {"socket_timeout": _ANSWER_SECONDS, "socket_connect_timeout": _ANSWER_SECONDS}
    return Redis.from_url(settings.REDIS_URL, **limits)


def _now(redis: Redis) -> float:
    """Redis' own clock: those of the workers' machines may differ."""
    seconds, microseconds = redis.time()
    return float(seconds + microseconds / 1e6)


def _key() -> str:
    return f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}workers"
