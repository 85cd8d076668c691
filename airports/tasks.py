"""What is done with airports in the background."""

import time
from typing import Any

import structlog
from django.utils.translation import gettext_lazy

from airports.models import QueuedCreate
from airports.services.drain_creates import AT_ONCE, drain_creates, forget_creates
from airports.services.expire_changes import expire_changes
from airports.services.keep_upload import forget_old_uploads
from airports.services.purge_airports import purge_airports
from airports.services.queue_create import DRAIN, DRAIN_EXPIRES
from config.common.background.policy import BackgroundTask, background_task, log_if_any
from config.common.background.publishing import enqueue
from config.common.background.sweeping import SWEPT_EXPIRES, sweep

# A drain gives way to other work after so long.
_DRAIN_FOR_SECONDS = 30.0
FORGET = "airports.forget_creates"
PURGE = "airports.purge"
EXPIRE = "airports.expire_changes"

logger = structlog.get_logger(__name__)


@background_task(DRAIN, queue="default", expires=DRAIN_EXPIRES, one_at_a_time=True, ticks=True)
def drain_creates_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Writes what was queued, a thousand at a time, one run at a time; less than that is left to the next message."""
    log_if_any(logger, "creates_drained", creates=_drain_for(_DRAIN_FOR_SECONDS))


def _drain_for(seconds: float) -> int:
    drained, until = drain_creates(), time.monotonic() + seconds
    batch = drained
    while batch == AT_ONCE and time.monotonic() < until:
        batch = drain_creates()
        drained += batch
    if batch == AT_ONCE:
        enqueue(DRAIN, expires=DRAIN_EXPIRES)
    return drained


@background_task(FORGET, queue="bulk", one_at_a_time=True)
def forget_creates_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Removes what nobody asks for any more."""
    log_if_any(logger, "creates_forgotten", creates=forget_creates())


@background_task(
    PURGE,
    queue="bulk",
    title=gettext_lazy("Remove the airports that were flagged long ago"),
    soft_time_limit=300,
    time_limit=330,
    one_at_a_time=True,
)
def purge_airports_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Purges what was flagged long ago, one run at a time; what a run leaves over the next one takes."""
    log_if_any(logger, "airports_purged", airports=purge_airports())


@background_task(EXPIRE, queue="bulk", one_at_a_time=True)
def expire_changes_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Forgets links that can no longer be confirmed, and files about which nobody decided."""
    log_if_any(logger, "changes_expired", changes=expire_changes(), uploads=forget_old_uploads())


@sweep(DRAIN)
def sweep_queued() -> None:
    """Queued creates, also where nobody schedules the drain."""
    if QueuedCreate.objects.queued().exists():
        enqueue(DRAIN, expires=SWEPT_EXPIRES)
