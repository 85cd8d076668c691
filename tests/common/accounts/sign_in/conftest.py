"""Time that stands still: a code is good for thirty seconds, and for one use."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from config.common.accounts.services import password_links
from config.common.background.publishing import task_named


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A moment in the middle of a step; the test moves it."""
    with time_machine.travel(datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Carries each message out at once, and keeps what stood in it."""
    messages: list[dict[str, Any]] = []

    def carry_out(name: str, *, kwargs: dict[str, Any]) -> bool:
        messages.append(kwargs)
        task_named(name).apply(kwargs=kwargs, throw=True)
        return True

    monkeypatch.setattr(password_links, "publish", carry_out)
    return messages
