"""Pauses, resumes and runs schedules by hand."""

import json
from datetime import datetime, timedelta

import structlog
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from django_celery_beat.models import PeriodicTask, PeriodicTasks

from config.common.background.publishing import publish
from config.common.problems import InvalidInput, Unavailable

logger = structlog.get_logger(__name__)


def set_enabled(*, schedules: QuerySet[PeriodicTask], enabled: bool, actor: User) -> int:
    """How many were paused or resumed. Beat sees it within seconds."""
    names = list(schedules.exclude(enabled=enabled).values_list("name", flat=True))
    changed: int = schedules.exclude(enabled=enabled).update(enabled=enabled)
    PeriodicTasks.update_changed()
    logger.info("schedules_resumed" if enabled else "schedules_paused", schedules=names, by=actor.pk)
    return changed


def run_now(*, schedule: PeriodicTask, actor: User) -> None:
    """Sends the schedule's task once, now, whether it is paused or not.

    Raises `Unavailable` while nobody takes messages, within two seconds; `InvalidInput` for a task that does not exist,
    or arguments that no task of the product takes.
    """
    kwargs = json.loads(schedule.kwargs or "{}")
    if json.loads(schedule.args or "[]") or not isinstance(kwargs, dict):
        raise InvalidInput(f"{schedule.name}: tasks take arguments by name only.")
    try:
        sent = publish(schedule.task, kwargs=kwargs, queue=schedule.queue or None, expires=schedule.expire_seconds)
    except LookupError as error:
        raise InvalidInput(f"{schedule.name}: there is no task {schedule.task}.") from error
    if not sent:
        raise Unavailable(f"{schedule.name} was not sent: Redis does not answer. Try again in a few seconds.")
    logger.info("schedule_run_by_hand", schedule=schedule.name, by=actor.pk)


def next_run(schedule: PeriodicTask) -> datetime | None:
    """When beat will send it, as far as the schedule itself says; None while it is paused."""
    if not schedule.enabled:
        return None
    if schedule.clocked is not None:
        due: datetime = schedule.clocked.clocked_time
        return due
    now = timezone.now()
    since = schedule.last_run_at or schedule.start_time or now
    wait: timedelta = schedule.schedule.remaining_estimate(since)
    return max(now, now + wait)
