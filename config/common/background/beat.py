"""Beat's scheduler."""

from typing import Any

import structlog
from django_celery_beat.schedulers import DatabaseScheduler

from config.common.background.alive import touch
from config.common.observe.reports import report


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # django-celery-beat has no types
    """Schedules that are rows, and a sign of life at each round."""

    # Seconds after which it writes down at the latest what it sent when.
    sync_every = 60

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._failing: set[str] = set()

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        touch()
        return super().tick(*args, **kwargs)

    def apply_async(self, entry: Any, *args: Any, **kwargs: Any) -> Any:
        """Sends an entry. Celery only logs what goes wrong with it, so it is reported here: once until it goes well."""
        try:
            result = super().apply_async(entry, *args, **kwargs)
        except Exception as error:
            if entry.name not in self._failing:
                with structlog.contextvars.bound_contextvars(task=entry.task):
                    report(error)
            self._failing.add(entry.name)
            raise
        self._failing.discard(entry.name)
        return result
