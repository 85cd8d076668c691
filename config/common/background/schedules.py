"""Schedules are rows that staff edit. Data migrations make them, once; no later start overwrites what staff changed."""

from typing import Any
from zoneinfo import ZoneInfo

from config.common.background.timing import DEFAULT_ZONE

_UNITS = {"days": 86_400, "hours": 3_600, "minutes": 60}


def in_words(seconds: int) -> tuple[int, str]:
    """How people say it: 86,400 seconds are `(1, "days")`. 90 stay seconds."""
    return next(
        ((seconds // size, unit) for unit, size in _UNITS.items() if seconds >= size and not seconds % size),
        (seconds, "seconds"),
    )


def add_schedule(apps: Any, *, name: str, task: str, seconds: int, expires: int, description: str) -> None:
    """For a data migration: runs `task` every `seconds`; a message that nobody took for `expires` seconds is dropped.

    `apps` is the migration's. A schedule of this name stays as it is.
    """
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    every, period = in_words(seconds)
    # Nothing keeps the table from holding the same interval twice, so not get_or_create.
    interval = intervals.filter(every=every, period=period).first()
    defaults = {
        "task": task,
        "interval": interval or intervals.create(every=every, period=period),
        "expire_seconds": expires,
        "description": description,
    }
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(name=name, defaults=defaults)


def add_weekly(apps: Any, *, name: str, task: str, day: str, hour: int, description: str) -> None:
    """The same for once a week: on `day` by cron's number, at `hour` of `DEFAULT_ZONE`."""
    times = {"minute": "0", "hour": str(hour), "day_of_week": day, "day_of_month": "*", "month_of_year": "*"}
    crontabs = apps.get_model("django_celery_beat", "CrontabSchedule").objects
    wanted = {**times, "timezone": ZoneInfo(DEFAULT_ZONE)}
    defaults = {
        "task": task,
        "crontab": crontabs.filter(**wanted).first() or crontabs.create(**wanted),
        "expire_seconds": 3_600,
        "description": description,
    }
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(name=name, defaults=defaults)
