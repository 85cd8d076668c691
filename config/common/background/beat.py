"""Beat's scheduler."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import structlog
from django.db import Error, connection
from django_celery_beat.schedulers import DatabaseScheduler

from config.common.background.alive import touch
from config.common.background.leases import Held, LeaseTaken, lease
from config.common.observe.reports import report

# After so long without a renewal another beat may send. Between two looks of one that stands by lie so many.
LEASE_SECONDS = 15.0
LOOK_SECONDS = 2.0
_ENDING = (signal.SIGTERM, signal.SIGINT)

logger = structlog.get_logger(__name__)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Holds back what asks for the end until the block has ended. Celery would raise in the middle of it."""
    asked: list[int] = []
    former = {number: signal.signal(number, lambda got, _: asked.append(got)) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        if asked:
            signal.raise_signal(asked[0])


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # django-celery-beat has no types
    """Schedules that are rows, a sign of life at each round, and a lease: of several beats one sends.

    What was sent is written down at once (`CELERY_BEAT_SYNC_EVERY`), so that whoever sends next knows of it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._failing: set[str] = set()
        self._held: Held | None = None
        self._leaving = ExitStack()

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        touch()
        # What was sent is written down too, or another would send it again.
        with undisturbed():
            return super().tick(*args, **kwargs) if self.leads() else LOOK_SECONDS

    def leads(self) -> bool:
        """Tells whether this beat is the one that sends, after an attempt to be it."""
        try:
            return self._renews() or self._takes_over()
        except LeaseTaken:
            return False
        except Error as error:
            # The next round has a new connection.
            logger.warning("beat_waits", reason=type(error).__name__)
            connection.close()
            return False

    def _renews(self) -> bool:
        return self._held is not None and self._held.renew()

    def _takes_over(self) -> bool:
        """Knows nothing of before: another one may have sent since, and its rows say so. Raises `LeaseTaken`."""
        self._held = None
        self._dirty.clear()
        self._leaving.close()
        self._held = self._leaving.enter_context(lease("background.beat", seconds=LEASE_SECONDS))
        self._initial_read, self._heap = True, None
        return True

    def close(self) -> None:
        super().close()
        self._leaving.close()

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
