"""What is done with airports in the background."""

import time
from typing import Any

import structlog

from airports.models import QueuedCreate
from airports.services.drain_creates import AT_ONCE, drain_creates, forget_creates
from airports.services.queue_create import DRAIN, DRAIN_SECONDS
from config.common.background.publishing import enqueue
from config.common.background.single import single_run
from config.common.background.sweeping import SWEPT_EXPIRES, sweep
from config.common.background.tasks import BackgroundTask, background_task

# A drain gives way to other work after so long.
_DRAIN_FOR_SECONDS = 30.0
FORGET = "airports.forget_creates"

logger = structlog.get_logger(__name__)


@background_task(DRAIN, queue="default", expires=2 * DRAIN_SECONDS)
def drain_creates_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Writes what was queued, a thousand at a time, one run at a time; less than that is left to the next message."""
    with single_run(DRAIN) as alone:
        if alone:
            logger.info("creates_drained", creates=_drain_for(_DRAIN_FOR_SECONDS))


def _drain_for(seconds: float) -> int:
    drained, until = drain_creates(), time.monotonic() + seconds
    batch = drained
    while batch == AT_ONCE and time.monotonic() < until:
        batch = drain_creates()
        drained += batch
    if batch == AT_ONCE:
        enqueue(DRAIN, expires=2 * DRAIN_SECONDS)
    return drained


@background_task(FORGET, queue="bulk")
def forget_creates_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Removes what nobody asks for any more."""
    with single_run(FORGET) as alone:
        if alone:
            logger.info("creates_forgotten", creates=forget_creates())


@sweep(DRAIN)
def sweep_queued() -> None:
    """Queued creates, also where nobody schedules the drain."""
    if QueuedCreate.objects.queued().exists():
        enqueue(DRAIN, expires=SWEPT_EXPIRES)
