"""Signs of life of a worker: in Redis, for the metrics, and on a file, for the health check of its container."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from celery.signals import heartbeat_sent, worker_shutting_down
from redis.exceptions import RedisError

from config import env
from config.common.background.workers import forget_worker, note_worker

# Celery's heart beats every two seconds.
_EVERY_SECONDS = 5.0

logger = structlog.get_logger(__name__)


def touch() -> None:
    """Marks this moment on the file HEARTBEAT_PATH, where there is one."""
    if env.HEARTBEAT_PATH:
        Path(env.HEARTBEAT_PATH).touch()


@dataclass
class Heart:
    """Follows the heart of the worker's own loop: one that hangs, or has lost its broker, falls silent."""

    name: str
    queues: tuple[str, ...]
    _told_at: float = field(default=float("-inf"), init=False)

    def start(self) -> None:
        """Call it before the worker's heart is made."""
        heartbeat_sent.connect(self.beat, weak=False)
        worker_shutting_down.connect(self.stop, weak=False)

    def beat(self, **_: Any) -> None:
        if time.monotonic() < self._told_at + _EVERY_SECONDS:
            return
        self._told_at = time.monotonic()
        touch()
        try:
            note_worker(name=self.name, queues=self.queues)
        except (RedisError, OSError) as error:
            logger.warning("worker_not_noted", reason=type(error).__name__)

    def stop(self, **_: Any) -> None:
        """Not counted from now on."""
        # No later beat takes it back.
        self._told_at = float("inf")
        try:
            forget_worker(name=self.name, queues=self.queues)
        except (RedisError, OSError) as error:
            logger.warning("worker_not_forgotten", reason=type(error).__name__)
