"""System checks of the tasks: what a task must say before any worker starts with it."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

from celery import Celery, Task, current_app
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

# Seconds that a message spends on its way besides the work: the wait before a retry, the stop of a worker.
_MARGIN_SECONDS = 60


@register("background")
def check_tasks(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every task of ours, and the broker's visibility timeout against the slowest of them."""
    app: Celery = current_app
    tasks = [task for name, task in sorted(app.tasks.items()) if not name.startswith("celery.")]
    options = app.conf.broker_transport_options
    return [*_policy_errors(tasks), *_visibility_errors(tasks, options.get("visibility_timeout", 0))]


def _policy_errors(tasks: list[Task]) -> Iterator[CheckMessage]:
    for task in tasks:
        if not task.time_limit or not task.soft_time_limit or task.soft_time_limit >= task.time_limit:
            yield Error("needs a soft time limit below a hard one.", obj=task.name, id="config.E001")
        if not task.expires:
            yield Error("needs an expiry.", obj=task.name, id="config.E002")
        if getattr(task, "queue_name", None) not in settings.BACKGROUND_QUEUES:
            yield Error(f"needs a queue: {', '.join(settings.BACKGROUND_QUEUES)}.", obj=task.name, id="config.E003")
        if not _takes_anything(task):
            yield Error("must take **kwargs: a newer caller may send more.", obj=task.name, id="config.E004")


def _takes_anything(task: Task) -> bool:
    parameters = inspect.signature(task.run).parameters.values()
    return any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters)


def _visibility_errors(tasks: list[Task], visibility_seconds: float) -> Iterator[CheckMessage]:
    for task in tasks:
        if getattr(task, "may_outlive_message", False):
            continue
        longest = max(task.time_limit or 0, getattr(task, "retry_backoff_max", 0)) + _MARGIN_SECONDS
        if visibility_seconds < longest:
            yield Error(
                f"may take {longest} seconds, but after {visibility_seconds} its message is handed out again.",
                hint="Raise CELERY_VISIBILITY_TIMEOUT or lower the task's time limit.",
                obj=task.name,
                id="config.E005",
            )
