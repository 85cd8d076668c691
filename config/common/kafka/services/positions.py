"""Positions in partitions, and the fences of those who read them."""

import os
import socket
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from config.common.kafka.messages import Outcome
from config.common.kafka.models import Position

# Whoever freezes between two statements of a transaction is cut off after so long: others may wait for what it locked.
CUT_OFF_SECONDS = 20
# PostgreSQL keeps no more of a session's name.
_LONGEST_NAME = 63
_TAKE = """
    INSERT INTO kafka_position (topic, partition, fence, holder, seen_at, stored, repeated, ignored, refused, lost)
    VALUES (%(topic)s, %(partition)s, 1, %(holder)s, clock_timestamp(), 0, 0, 0, 0, 0)
    ON CONFLICT (topic, partition) DO UPDATE
    SET fence = kafka_position.fence + 1, holder = EXCLUDED.holder, seen_at = EXCLUDED.seen_at
    RETURNING fence, next_offset
"""
# Who is at work on the partition now is late, or frozen in the middle of a COPY, where nothing cuts it off.
_END_PREDECESSOR = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = %s AND datname = current_database() AND pid <> pg_backend_pid()
"""
_NAME_SESSION = "SELECT set_config('application_name', %s, true)"
_CUT_OFF = "SELECT set_config('idle_in_transaction_session_timeout', %s, true)"
_HOLD = "SELECT next_offset FROM kafka_position WHERE topic = %s AND partition = %s AND fence = %s FOR NO KEY UPDATE"


class Fenced(Exception):
    """Somebody else reads the partition: nothing may be written."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A partition that this process reads. `fence` is higher than that of every reader before it."""

    topic: str
    partition: int
    fence: int


def _session_name(topic: str, partition: int) -> str:
    return f"kafka {partition} {topic}"[:_LONGEST_NAME]


def take(topic: str, partition: int) -> tuple[Taken, int | None]:
    """Makes this process the only one that may write what it reads of the partition, and says which offset is next;
    None where nobody has read it. Whoever is in a transaction of it is ended."""
    values: dict[str, Any] = {
        "topic": topic, "partition": partition, "holder": f"{socket.gethostname()}:{os.getpid()}",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_END_PREDECESSOR, [_session_name(topic, partition)])
        cursor.execute(_TAKE, values)
        fence, next_offset = cursor.fetchone()
    return Taken(topic, partition, fence), next_offset


def hold(taken: Taken) -> int:
    """Says which offset is next, and keeps everybody from taking the partition until the transaction ends.

    Call it first in each transaction that writes what was read. Raises `Fenced`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A position is held for a transaction: call it inside one.")
    with connection.cursor() as cursor:
        cursor.execute(_NAME_SESSION, [_session_name(taken.topic, taken.partition)])
        cursor.execute(_CUT_OFF, [f"{CUT_OFF_SECONDS}s"])
        cursor.execute(_HOLD, [taken.topic, taken.partition, taken.fence])
        row = cursor.fetchone()
    if row is None:
        raise Fenced(f"{taken.topic} {taken.partition}")
    return row[0] or 0


def advance(taken: Taken, *, next_offset: int, outcome: Outcome) -> None:
    """Moves the position of a partition that the caller's transaction holds, and counts what became of its messages."""
    Position.objects.filter(topic=taken.topic, partition=taken.partition).update(
        next_offset=next_offset,
        seen_at=timezone.now(),
        stored=F("stored") + outcome.stored,
        repeated=F("repeated") + outcome.repeated,
        ignored=F("ignored") + outcome.ignored,
        refused=F("refused") + len(outcome.refusals),
    )


def skip_lost(taken: Taken, *, next_offset: int) -> None:
    """Moves the position to where there are messages again, and counts that some were gone. Raises `Fenced`."""
    _write(taken, next_offset=next_offset, lost=F("lost") + 1)


def note_end(taken: Taken, *, end_offset: int, read_to: int) -> None:
    """Writes down where the partition ends, for who asks how much is left to read, and that there is no message before
    `read_to` that is not stored. Raises `Fenced`."""
    _write(
        taken,
        end_offset=max(end_offset, read_to),
        next_offset=Greatest("next_offset", read_to),
        seen_at=timezone.now(),
    )


def move(topic: str, partition: int, *, next_offset: int) -> None:
    """Has the partition read again, or on, from `next_offset`; whoever reads it now is fenced out and begins there."""
    Position.objects.update_or_create(
        topic=topic,
        partition=partition,
        defaults={"next_offset": next_offset, "fence": F("fence") + 1},
        create_defaults={"next_offset": next_offset},
    )


def _write(taken: Taken, **values: Any) -> None:
    found = Position.objects.filter(topic=taken.topic, partition=taken.partition, fence=taken.fence)
    if not found.update(**values):
        raise Fenced(f"{taken.topic} {taken.partition}")
