"""Schedules are rows that staff edit. Data migrations make them, once; no later start overwrites what staff changed."""

from typing import Any


def add_schedule(apps: Any, *, name: str, task: str, seconds: int, expires: int, description: str) -> None:
    """For a data migration: runs `task` every `seconds`; a message that nobody took for `expires` seconds is dropped.

    `apps` is the migration's. A schedule of this name stays as it is.
    """
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    # Nothing keeps the table from holding the same interval twice, so not get_or_create.
    interval = intervals.filter(every=seconds, period="seconds").first()
    defaults = {
        "task": task,
        "interval": interval or intervals.create(every=seconds, period="seconds"),
        "expire_seconds": expires,
        "description": description,
    }
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(name=name, defaults=defaults)
