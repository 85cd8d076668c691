"""The tasks that belong to no domain: the sweeper and what it clears away."""

from typing import Any

import structlog

from config.common.background.chunks import take_up_stalled_runs
from config.common.background.rates import once_every
from config.common.background.single import single_run
from config.common.background.sweeping import sweep, sweep_all
from config.common.background.tasks import BackgroundTask, background_task
from config.common.services.audit import prune_reads
from config.common.services.clear_expired import clear_expired
from config.common.services.prune_profiles import prune_profiles

# Half of what beat waits between two sweeps: a second beat's are dropped, and no delay makes us miss one of our own.
_SWEEP_SECONDS = 10

logger = structlog.get_logger(__name__)


@background_task("common.sweep", queue="urgent", expires=60)
def sweep_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Runs every registered sweep, one run at a time."""
    with single_run("common.sweep") as alone:
        if alone and once_every("common.sweep", seconds=_SWEEP_SECONDS):
            sweep_all()


@background_task("common.clear_expired", queue="default", expires=600)
def clear_expired_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Removes expired sessions, tokens, idempotency keys and leases."""
    logger.info("cleared", **clear_expired())


@background_task("common.prune_profiles", queue="bulk", expires=3600)
def prune_profiles_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Removes old records of the profiler."""
    with single_run("common.prune_profiles") as alone:
        if alone:
            logger.info("profiles_pruned", requests=prune_profiles())


@background_task("common.prune_reads", queue="bulk", expires=3600)
def prune_reads_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Removes what was read of residents longer ago than it is kept."""
    with single_run("common.prune_reads") as alone:
        if alone:
            logger.info("reads_pruned", rows=prune_reads())


@sweep("common.chunked_runs")
def sweep_runs() -> None:
    """Chunked runs whose message was lost."""
    take_up_stalled_runs()
