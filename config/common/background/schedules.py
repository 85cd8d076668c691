"""Schedules are rows that staff edit. Data migrations make them, once; no later start overwrites what staff changed."""

from typing import Any

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
