"""How often a caller may ask: a fixed window of a minute, counted in Redis, by token, user or address."""

import time
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from config.common.callers import client_address
from config.common.front import was_checked

if TYPE_CHECKING:
    from rest_framework.views import APIView

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

    def add(self, who: str, *, window: int, amount: int = 1) -> int:
        """The number of requests of `who` in `window` with this `amount` more; 0 when nobody can tell."""
        if time.monotonic() < self._paused_until:
            return 0
        key = f"{PREFIX}:{window}:{who}"
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.incrby(key, amount)
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


class CallerThrottle(BaseThrottle):
    """`RATE_LIMIT_TOKEN` requests a minute for a token or a signed-in user, `RATE_LIMIT_ANONYMOUS` for an address."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        who, limit = self._caller(request)
        if limit <= 0:
            return True
        # One whose head came by itself was counted then.
        amount = 0 if was_checked(request.META) else 1
        return counters().add(who, window=int(time.time()) // WINDOW_SECONDS, amount=amount) <= limit

    def wait(self) -> float:
        """Seconds until the next window."""
        return WINDOW_SECONDS - time.time() % WINDOW_SECONDS

    def _caller(self, request: Request) -> tuple[str, int]:
        if request.auth is not None:
            return f"token:{request.auth.pk[:32]}", settings.RATE_LIMIT_TOKEN
        if request.user and request.user.is_authenticated:
            return f"user:{request.user.pk}", settings.RATE_LIMIT_TOKEN
        return f"address:{client_address(request.META)}", settings.RATE_LIMIT_ANONYMOUS
