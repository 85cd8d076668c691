"""Says when schedules run; pauses, resumes and runs them by hand."""

import json
import re
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from celery import Celery, current_app
from celery.schedules import crontab_parser
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks

from config.common.background.publishing import publish
from config.common.background.timing import WEEK, How, Timing
from config.common.changes.services.record import Action, record_change
from config.common.problems import InvalidInput, Unavailable

_ANY = "*"

logger = structlog.get_logger(__name__)


def staff_tasks() -> dict[str, str]:
    """The tasks that staff may say the times of, and what they call them."""
    app: Celery = current_app
    found = {name: getattr(task, "title", "") for name, task in sorted(app.tasks.items())}
    return {name: title for name, title in found.items() if title}


@transaction.atomic
def set_schedule(*, schedule: PeriodicTask, timing: Timing | None, actor: User) -> None:
    """Stores `schedule`, a new one or one that was changed, to run by `timing`; None: as it did. Beat sees it soon.

    One whose times change counts from now on: it does not make up for a time that has passed today.
    """
    known = type(schedule).objects.filter(pk=schedule.pk).first()
    before = _values_of(known) if known else None
    if timing is not None and timing != timing_of(schedule):
        every = timing.how == How.EVERY
        schedule.interval, schedule.crontab = (_interval(timing), None) if every else (None, _crontab(timing))
        schedule.solar = schedule.clocked = None
        schedule.one_off, schedule.expires, schedule.expire_seconds = False, None, timing.expiry
        schedule.last_run_at = timezone.now()
    schedule.save()
    _record(schedule, Action.CHANGED if known else Action.CREATED, actor, before, _values_of(schedule))
    with override(settings.LANGUAGE_CODE):
        logger.info("schedule_set", schedule=schedule.name, runs=when(schedule), by=actor.pk)


def timing_of(schedule: PeriodicTask) -> Timing | None:
    """How people say it; None for what only cron says, and for what goes by no clock."""
    if schedule.interval is not None:
        return Timing(how=How.EVERY, number=schedule.interval.every, unit=schedule.interval.period)
    cron = schedule.crontab
    if cron is None or not (cron.minute.isdecimal() and cron.hour.isdecimal() and cron.month_of_year == _ANY):
        return None
    at, zone = time(int(cron.hour), int(cron.minute)), str(cron.timezone)
    days = (cron.day_of_month, cron.day_of_week)
    if days == (_ANY, _ANY):
        return Timing(how=How.DAY, at=at, zone=zone)
    if days == ("1", _ANY):
        return Timing(how=How.MONTH, at=at, zone=zone)
    if cron.day_of_month == _ANY and re.fullmatch(r"[0-6](?:[,-][0-6])*", cron.day_of_week):
        named = frozenset(map(str, crontab_parser(len(WEEK)).parse(cron.day_of_week)))
        return Timing(how=How.WEEKDAYS, at=at, days=named, zone=zone)
    return None


def when(schedule: PeriodicTask) -> str:
    """`every day at 06:00 Europe/Madrid`; what only cron says, as cron says it."""
    timing = timing_of(schedule)
    return str(timing or getattr(schedule.crontab, "human_readable", None) or schedule.scheduler or "")


def _values_of(schedule: PeriodicTask) -> dict[str, Any]:
    """What the change log compares, in no language: whoever reads it may read another than whoever saved it."""
    timing = timing_of(schedule)
    by = timing.stored if timing else str(schedule.crontab or schedule.scheduler or "")
    return {"name": schedule.name, "enabled": schedule.enabled, "runs": by}


def _record(schedule: PeriodicTask, action: Action, actor: User, *values: dict[str, Any] | None) -> None:
    before, after = values or (None, None)
    restricted = schedule.task not in staff_tasks()
    record_change(schedule, action, actor=actor, before=before, after=after, is_restricted=restricted)


def _interval(timing: Timing) -> Any:
    return _row(IntervalSchedule.objects, every=timing.number, period=timing.unit)


def _crontab(timing: Timing) -> Any:
    return _row(
        CrontabSchedule.objects,
        minute=str(timing.at.minute),
        hour=str(timing.at.hour),
        day_of_week=",".join(sorted(timing.days)) if timing.how == How.WEEKDAYS else _ANY,
        day_of_month="1" if timing.how == How.MONTH else _ANY,
        month_of_year=_ANY,
        timezone=ZoneInfo(timing.zone),
    )


def _row(rows: Any, **wanted: Any) -> Any:
    # Nothing keeps the tables from holding the same twice, so not get_or_create.
    return rows.filter(**wanted).first() or rows.create(**wanted)


@transaction.atomic
def set_enabled(*, schedules: QuerySet[PeriodicTask], enabled: bool, actor: User) -> int:
    """How many were paused or resumed. Beat sees it within seconds."""
    concerned = list(schedules.exclude(enabled=enabled).select_for_update(of=("self",)))
    changed: int = schedules.filter(pk__in=[one.pk for one in concerned]).update(enabled=enabled)
    for one in concerned:
        _record(one, Action.CHANGED, actor, {"enabled": not enabled}, {"enabled": enabled})
    PeriodicTasks.update_changed()
    logger.info(
        "schedules_resumed" if enabled else "schedules_paused", schedules=[one.name for one in concerned], by=actor.pk
    )
    return changed


def run_now(*, schedule: PeriodicTask, actor: User) -> None:
    """Sends the schedule's task once, now, whether it is paused or not.

    Raises `Unavailable` while nobody takes messages, within two seconds; `InvalidInput` for a task that does not exist,
    or arguments that no task of the product takes.
    """
    kwargs = json.loads(schedule.kwargs or "{}")
    if json.loads(schedule.args or "[]") or not isinstance(kwargs, dict):
        raise InvalidInput(_("%(name)s: tasks take arguments by name only.") % {"name": schedule.name})
    try:
        sent = publish(schedule.task, kwargs=kwargs, queue=schedule.queue or None, expires=schedule.expire_seconds)
    except LookupError as error:
        raise InvalidInput(
            _("%(name)s: there is no task %(task)s.") % {"name": schedule.name, "task": schedule.task}
        ) from error
    if not sent:
        raise Unavailable(
            _("%(name)s was not sent: Redis does not answer. Try again in a few seconds.") % {"name": schedule.name}
        )
    _record(schedule, Action.RUN, actor)
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
    due = max(now, now + wait)
    # It took a moment to say: a schedule goes by whole seconds.
    return (due + timedelta(milliseconds=500)).replace(microsecond=0)
