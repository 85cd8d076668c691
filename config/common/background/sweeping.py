"""The sweeper: what lies around undone is enqueued again, or cleared away.

Each app registers functions in its `tasks.py`. They run several times a minute, so they look at an index and leave the
work to a task, which they enqueue with `expires=SWEPT_EXPIRES`: while workers are away no heap of messages grows.
"""

from collections.abc import Callable

import structlog
from celery.exceptions import SoftTimeLimitExceeded

Sweep = Callable[[], None]

# A little longer than the time between two sweeps: the next one sends it again.
SWEPT_EXPIRES = 60.0

SWEEPS: dict[str, Sweep] = {}

logger = structlog.get_logger(__name__)


def sweep(name: str) -> Callable[[Sweep], Sweep]:
    """Registers a function, once under its name."""

    def register(function: Sweep) -> Sweep:
        SWEEPS[name] = function
        return function

    return register


def sweep_all() -> list[str]:
    """Runs every registered function; the names of those that failed. One that fails keeps no other from its turn."""
    return [name for name, function in SWEEPS.items() if not _succeeds(name, function)]


def _succeeds(name: str, function: Sweep) -> bool:
    try:
        function()
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("sweep_failed", sweep=name)
        return False
    return True
