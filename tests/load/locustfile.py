"""The real mix of requests: who loads, who corrects, who asks, who keeps the airports, who looks at pages.

Run by `make load`, which starts a product of its own for it.
"""

import sys
from pathlib import Path
from typing import Any

from locust import events

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.load.browsers import Browser
from tests.load.editors import Editor
from tests.load.managers import Manager
from tests.load.suppliers import Supplier
from tests.load.viewers import Viewer

__all__ = ["Browser", "Editor", "Manager", "Supplier", "Viewer"]


@events.quitting.add_listener  # type: ignore[untyped-decorator]  # locust has no types for it
def judge(environment: Any, **_: Any) -> None:
    """Fails a run in which a request failed, a task broke, or nothing was asked at all."""
    stats, runner = environment.stats, environment.runner
    went_wrong = stats.total.num_failures or not stats.total.num_requests or (runner and runner.exceptions)
    environment.process_exit_code = 1 if went_wrong else 0
