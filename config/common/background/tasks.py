"""The sweeper, and what has run out."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import QuerySet

from config.common.background.models import Lease, Turn
from config.common.background.policy import BackgroundTask, background_task, log_if_any
from config.common.background.services.clear_expired import clear_expired, clears
from config.common.background.single import once_every
from config.common.background.sweeping import sweep_all

# Half of what beat waits between two sweeps: a second beat's are dropped, and no delay makes us miss one of our own.
_SWEEP_SECONDS = 10
# Fences come from a sequence, so a lease that is made anew still outranks every holder of the removed one.
_KEPT = timedelta(days=1)

logger = structlog.get_logger(__name__)


@background_task("background.sweep", queue="urgent", expires=60, one_at_a_time=True, ticks=True)
def sweep_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Runs every registered sweep, one run at a time."""
    if once_every("background.sweep", seconds=_SWEEP_SECONDS):
        sweep_all()


@background_task("background.clear_expired", queue="default", expires=600)
def clear_expired_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Removes expired sessions, tokens, idempotency keys and leases."""
    log_if_any(logger, "cleared", **clear_expired())


@clears("leases")
def old_leases(now: datetime) -> QuerySet[Any]:
    """Finds the leases that nobody holds."""
    return Lease.objects.filter(expires_at__lt=now - _KEPT)


@clears("turns")
def old_turns(now: datetime) -> QuerySet[Any]:
    """Finds the turns that nobody took again."""
    return Turn.objects.filter(due_at__lt=now - _KEPT)
