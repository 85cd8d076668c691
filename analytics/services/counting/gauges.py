"""Tells the metrics of the counting."""

from analytics.services.counting.stale import count_stale_imports
from config.common.observe.metrics import gauge


def register() -> None:
    """Adds them to `/metrics`."""
    gauge("demanda_stale_imports", "Imports that are not counted as they are now.", count_stale_imports)
