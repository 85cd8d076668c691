"""What is done with the profiler's records in the background."""

from typing import Any

import structlog

from config.common.background.policy import BackgroundTask, background_task, log_if_any
from config.common.observe.services.prune_profiles import prune_profiles

PRUNE = "observe.prune_profiles"

logger = structlog.get_logger(__name__)


@background_task(PRUNE, queue="bulk", expires=3600, one_at_a_time=True)
def prune_profiles_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Removes old records of the profiler."""
    log_if_any(logger, "profiles_pruned", requests=prune_profiles())
