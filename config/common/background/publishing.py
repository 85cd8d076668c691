"""How services put work into a queue: by the task's name, after the commit, without waiting for Redis."""

import time
from functools import cached_property, partial
from typing import Any

import structlog
from celery import Celery, Task, current_app
from django.db import transaction
from kombu import Connection
from kombu.exceptions import KombuError
from kombu.pools import producers
from redis.exceptions import RedisError

# In sum below the two seconds that a request may wait: for a free connection, for connecting, for one answer.
_POOL_SECONDS = 0.3
_CONNECT_SECONDS = 0.5
_ANSWER_SECONDS = 0.5
# After a failure, how long nobody in this process tries again.
PAUSE_SECONDS = 5.0

logger = structlog.get_logger(__name__)


def enqueue(
    name: str, *, queue: str | None = None, delay: float | None = None, expires: float | None = None, **kwargs: Any
) -> None:
    """Puts a message for the task `name` with `kwargs` into its queue, or into `queue`, after the commit.

    It is taken up after `delay` seconds, and not after `expires`.
    Outside a transaction at once. Never fails for the broker's sake: what could not be sent the sweeper sends later, so
    the row that says what is to be done must be written before. Raises LookupError when there is no such task.
    """
    task_named(name)
    # robust: whoever else waits for this commit is not our business.
    send = partial(publish, name, queue=queue, delay=delay, expires=expires, kwargs=kwargs)
    transaction.on_commit(send, robust=True)


def publish(
    name: str,
    *,
    kwargs: dict[str, Any],
    queue: str | None = None,
    delay: float | None = None,
    expires: float | None = None,
) -> bool:
    """`enqueue` at once: whether the broker has the message. Takes less than two seconds, whatever Redis does."""
    return _publisher.send(task_named(name), kwargs, {"queue": queue, "countdown": delay, "expires": expires})


def task_named(name: str) -> Task:
    """The task; LookupError if there is none of this name."""
    app: Celery = current_app
    try:
        return app.tasks[name]
    except KeyError as error:
        raise LookupError(f"There is no task {name}.") from error


class _Publisher:
    """The broker connections of this process for publishing, with short limits, and a pause after a failure."""

    def __init__(self) -> None:
        self._paused_until = 0.0

    def send(self, task: Task, kwargs: dict[str, Any], options: dict[str, Any]) -> bool:
        if time.monotonic() < self._paused_until:
            return False
        given = {name: value for name, value in options.items() if value is not None}
        try:
            with producers[self._connection].acquire(block=True, timeout=_POOL_SECONDS) as producer:
                task.apply_async(kwargs=kwargs, producer=producer, retry=False, **given)
        except (KombuError, RedisError, OSError) as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("enqueue_failed", task=task.name, reason=type(error).__name__)
            return False
        return True

    @cached_property
    def _connection(self) -> Connection:
        configured = current_app.conf
        limits = {
            "socket_timeout": _ANSWER_SECONDS,
            "socket_connect_timeout": _CONNECT_SECONDS,
            "max_retries": 0,
            "retry_on_timeout": False,
        }
        return Connection(configured.broker_url, transport_options={**configured.broker_transport_options, **limits})


_publisher = _Publisher()
