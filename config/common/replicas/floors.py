"""What each caller has seen or written of the database: no replica that has less may answer them.

It is a position in the primary's log, kept in Redis for all processes, and only as long as a replica that counts as
fresh could lack it. Redis may lose it. So after it was away, or was started anew, nobody relies on it for as long.
"""

import time
from threading import Lock

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

_TIMEOUT_SECONDS = 0.5
# Beyond the lag that is allowed: the measuring of it takes its time.
_MARGIN_SECONDS = 10

logger = structlog.get_logger(__name__)


class FloorsAway(Exception):
    """Nobody knows what a caller has seen."""


class Floors:
    """The positions by the number of the user, kept for `seconds`."""

    def __init__(self, url: str, *, prefix: str, seconds: int) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS, retry=None
        )
        self._prefix, self._seconds = f"{prefix}floor:", seconds
        self._trusted_from = float("-inf")
        self._run_id = ""
        # What Redis could not be told; the lock is the threads'.
        self._untold: dict[int, int] = {}
        self._lock = Lock()

    def raise_to(self, position: int, *, who: int) -> None:
        """Whoever this is has seen the log up to `position`. Where Redis is away it is told later."""
        try:
            self._tell(who, position)
        except (RedisError, OSError):
            self.distrust()
            with self._lock:
                self._untold[who] = max(position, self._untold.get(who, 0))

    def of(self, who: int) -> int:
        """The position that `who` has seen; 0 where that is long ago. Raises `FloorsAway`."""
        if time.monotonic() < self._trusted_from:
            raise FloorsAway
        try:
            return int(self._redis.zscore(f"{self._prefix}{who}", "log") or 0)
        except (RedisError, OSError) as error:
            self.distrust()
            raise FloorsAway from error

    def look(self) -> None:
        """Notices that Redis was away or is another one, and tells it what it could not be told. Call it often."""
        try:
            run_id = self._redis.info("server")["run_id"]
            if self._run_id not in ("", run_id):
                self.distrust()
            self._run_id = run_id
            with self._lock:
                while self._untold:
                    who, position = next(iter(self._untold.items()))
                    self._tell(who, position)
                    del self._untold[who]
        except (RedisError, OSError):
            self.distrust()

    def distrust(self) -> None:
        """Relies on nothing that is kept until it cannot matter any more."""
        if time.monotonic() >= self._trusted_from:
            logger.warning("floors_away")
        self._trusted_from = time.monotonic() + self._seconds

    def _tell(self, who: int, position: int) -> None:
        key = f"{self._prefix}{who}"
        with self._redis.pipeline() as pipeline:
            # Of two requests of a caller the one that ends last may have seen less.
            pipeline.zadd(key, {"log": position}, gt=True)
            pipeline.expire(key, self._seconds)
            pipeline.execute()


def new_floors() -> Floors:
    """Those of the configured Redis."""
    seconds = int(settings.DATABASE_REPLICA_LAG_SECONDS) + _MARGIN_SECONDS
    prefix = str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"])
    return Floors(settings.REDIS_URL, prefix=prefix, seconds=seconds)
