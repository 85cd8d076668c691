"""Counting in Redis, for limits that all web processes share: fixed windows of a minute."""

import time

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

WINDOW_SECONDS = 60
PREFIX = "demanda:rate"
_TIMEOUT_SECONDS = 0.5
# After a failure, how long requests pass without asking Redis again.
_PAUSE_SECONDS = 5.0

logger = structlog.get_logger(__name__)


class Counters:
    """Counts in Redis. While Redis is away everybody passes: a counter is not worth refusing a delivery."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS, retry=None
        )
        self._paused_until = 0.0

    def add(self, who: str, *, window: int, by: int = 1) -> int:
        """The count of `who` in `window` after `by` more, which may be none; 0 when nobody can tell."""
        if time.monotonic() < self._paused_until:
            return 0
        key = f"{PREFIX}:{window}:{who}"
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.incrby(key, by)
                pipeline.expire(key, 2 * WINDOW_SECONDS)
                return int(pipeline.execute()[0])
        except (RedisError, OSError):
            self._paused_until = time.monotonic() + _PAUSE_SECONDS
            logger.warning("rate_counters_away")
            return 0


_counters: dict[str, Counters] = {}


def counters() -> Counters:
    """The counters of the configured Redis, one client for the process."""
    return _counters.setdefault(settings.REDIS_URL, Counters(settings.REDIS_URL))
