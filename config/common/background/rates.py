"""Rates over all processes: for each name a row with the moment at which its next turn is due.

A turn moves that moment on by an interval; a burst may run ahead of it (the "generic cell rate algorithm").
"""

import random
from datetime import timedelta
from typing import Any

from django.db import connection

_TAKE = """
    INSERT INTO common_turn AS turn (name, due_at) VALUES (%(name)s, clock_timestamp() + %(interval)s)
    ON CONFLICT (name) DO UPDATE SET due_at = greatest(turn.due_at, clock_timestamp()) + %(interval)s
    WHERE turn.due_at - %(ahead)s <= clock_timestamp()
    RETURNING name
"""
_WAIT = "SELECT extract(epoch FROM due_at - %(ahead)s - clock_timestamp()) FROM common_turn WHERE name = %(name)s"


def take_turn(name: str, *, per_second: float, burst: int = 1) -> bool:
    """Whether it is a turn of `name` now; if so it is taken.

    Call it outside a transaction: until the commit everybody else who asks waits.
    """
    return seconds_until_turn(name, per_second=per_second, burst=burst) == 0


def once_every(name: str, *, seconds: float) -> bool:
    """Whether nobody has got a yes for `name` in the last `seconds`: what keeps a second beat from doing harm."""
    return take_turn(f"once:{name}", per_second=1 / seconds)


def seconds_until_turn(name: str, *, per_second: float, burst: int = 1) -> float:
    """0 and the turn is taken; else the seconds after which to ask again, spread so that not all come back at once."""
    interval = timedelta(seconds=1 / per_second)
    values: dict[str, Any] = {"name": name, "interval": interval, "ahead": interval * (burst - 1)}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        if cursor.fetchone():
            return 0.0
        cursor.execute(_WAIT, values)
        row = cursor.fetchone()
    return max(0.01, float(row[0]) if row else 0.0) * random.uniform(1, 2)  # nosec B311 # spreads waits, hides nothing
