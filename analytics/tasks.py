"""The counting of demand in the background."""

from typing import Any

import structlog

from analytics.services.refresh_demand import REFRESH, refresh_demand
from analytics.services.stale import count_stale_imports
from config.common.background.publishing import enqueue
from config.common.background.single import single_run
from config.common.background.sweeping import SWEPT_EXPIRES, sweep
from config.common.background.tasks import BackgroundTask, background_task

# After so long a run gives way to other work.
_SECONDS = 30.0

logger = structlog.get_logger(__name__)


@background_task(REFRESH, queue="default", soft_time_limit=300, time_limit=330, expires=600)
def refresh(self: BackgroundTask, **kwargs: Any) -> None:
    """Refreshes what is stale, one run at a time; what is left after a while is a new message's."""
    with single_run(REFRESH) as alone:
        if not alone:
            return
        refreshed, more = refresh_demand(seconds=_SECONDS)
        logger.info("demand_refreshed", imports=refreshed, more=more)
    if more:
        enqueue(REFRESH)


@sweep(REFRESH)
def sweep_stale() -> None:
    """Imports that are new, corrected, deleted or erased since they were counted, and days that passed."""
    if count_stale_imports():
        enqueue(REFRESH, expires=SWEPT_EXPIRES)
