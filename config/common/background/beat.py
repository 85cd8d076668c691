"""Beat's scheduler."""

from typing import Any

from django_celery_beat.schedulers import DatabaseScheduler

from config.common.background.alive import touch


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # django-celery-beat has no types
    """Schedules that are rows, and a sign of life at each round."""

    # Seconds after which it writes down at the latest what it sent when.
    sync_every = 60

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        touch()
        return super().tick(*args, **kwargs)
