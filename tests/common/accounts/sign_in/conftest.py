"""Time that stands still: a code is good for thirty seconds, and for one use."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A moment in the middle of a step; the test moves it."""
    with time_machine.travel(datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC), tick=False) as traveller:
        yield traveller
