"""What is done with the trail of reads in the background."""

from typing import Any

import structlog

from config.common.background.policy import BackgroundTask, background_task, log_if_any
from config.common.privacy.services.reads import prune_reads

PRUNE = "privacy.prune_reads"

logger = structlog.get_logger(__name__)


@background_task(PRUNE, queue="bulk", expires=3600, one_at_a_time=True)
def prune_reads_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Removes what was read of residents longer ago than it is kept."""
    log_if_any(logger, "reads_pruned", rows=prune_reads())
