"""Removes what has run out; each app registers in its `tasks.py` what that is."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

Expired = Callable[[datetime], QuerySet[Any]]

_EXPIRED: dict[str, Expired] = {}


def clears(name: str) -> Callable[[Expired], Expired]:
    """Registers a function that finds the rows called `name` which have run out at a moment."""

    def register(function: Expired) -> Expired:
        _EXPIRED[name] = function
        return function

    return register


def clear_expired() -> dict[str, int]:
    """Removes them; how many rows of each name went."""
    now = timezone.now()
    return {name: function(now).delete()[0] for name, function in _EXPIRED.items()}
