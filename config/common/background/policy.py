"""The policy of every task: limits, expiry, retries; and the decorator that declares a task.

    @background_task("imports.purge_deleted", queue="bulk", one_at_a_time=True)
    def purge_deleted(self: BackgroundTask, **kwargs: object) -> None: ...

A task takes keyword arguments that are ids and ranges, never rows, and `**kwargs`: an old worker must survive the
message of a newer caller. It may be delivered twice, and killed and delivered again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from celery import Task, current_app, shared_task
from django.db import InterfaceError, OperationalError

from config.common.background.single import single_run
from config.common.problems import Unavailable


class BackgroundTask(Task):  # type: ignore[misc]  # Celery has no types
    """Sensible limits, which a task may tighten or widen; its queue it must name."""

    abstract = True
    queue_name: ClassVar[str | None] = None
    # Seconds: the exception inside the task, then the end of its process.
    soft_time_limit: ClassVar[float] = 60
    time_limit: ClassVar[float] = 90
    # Seconds after which a message is too old to be worth starting on: the sweeper has sent another.
    expires: ClassVar[float] = 3600
    # What staff call it who may say when it runs; of one without it, superusers alone say that.
    title: ClassVar[str] = ""
    # Whether a message that is handed out again, while its task still runs, is turned away, by a lease for instance:
    # then the task may take longer than the visibility timeout.
    may_outlive_message: ClassVar[bool] = False
    # Whether it runs every few seconds, mostly for nothing: then the log does not say that it went well.
    ticks: ClassVar[bool] = False
    # What passes by itself. A mistake in the code does not.
    autoretry_for = (OperationalError, InterfaceError, OSError, Unavailable)
    max_retries = 5
    retry_backoff = 2
    retry_backoff_max = 120
    retry_jitter = True
    # Until a task whose child was killed runs again.
    default_retry_delay = 5


def background_task(
    name: str, *, queue: str, one_at_a_time: bool = False, **policy: Any
) -> Callable[[Callable[..., Any]], BackgroundTask]:
    """Declares a task `app.verb` in `queue`; `policy` overrides the attributes of `BackgroundTask`.

    A run of one that is carried out `one_at_a_time` does nothing while another run lasts.
    """
    declare: Callable[[Callable[..., Any]], BackgroundTask] = shared_task(
        name=name, base=BackgroundTask, bind=True, queue_name=queue, **policy
    )
    return (lambda function: declare(_alone(name, function))) if one_at_a_time else declare


def _alone(name: str, function: Callable[..., Any]) -> Callable[..., None]:
    @wraps(function)
    def run(self: BackgroundTask, **kwargs: Any) -> None:
        with single_run(name) as alone:
            if alone:
                function(self, **kwargs)

    return run


def log_if_any(logger: Any, event: str, **counts: int) -> None:
    """Writes the line of a task that runs again and again, where it found something to do."""
    if any(counts.values()):
        logger.info(event, **counts)


def route(name: str, *_: Any, **__: Any) -> dict[str, str] | None:
    """Celery's question where a message for the task `name` goes, unless the sender says it."""
    queue = getattr(current_app.tasks.get(name), "queue_name", None)
    return {"queue": queue} if queue else None
