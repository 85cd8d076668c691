"""The outlines of a delivery's residents in a table, where SQL checks what only the whole shows."""

from collections.abc import Iterable

from django.db import connection

from config.common.db.copy_text import copy_arrays, copy_text
from config.common.db.feed_copy import feed_copy
from imports.documents.stream import Outline

_CREATE = """
    CREATE TEMPORARY TABLE imports_outline (number bigint, citizen_id bigint, relatives bigint[], friends bigint[])
    ON COMMIT DROP
"""
_COPY = "COPY imports_outline FROM STDIN"


def create_outlines() -> None:
    """Makes the table `imports_outline`, empty, for as long as the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATE)


def copy_outlines(batches: Iterable[list[Outline]]) -> None:
    """Copies outlines into it. What makes them may not use Django's connection."""
    feed_copy(_COPY, map(_format, batches))


def expect_many() -> None:
    """Tells the planner of a whole delivery, of which a nested loop would not end in a lifetime: for the rest of the
    transaction."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE imports_outline")
        cursor.execute("SET LOCAL enable_nestloop = off")


def drop_outlines() -> None:
    """Takes the table away, and what the planner was told, in a transaction that goes on."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE imports_outline")
        cursor.execute("SET LOCAL enable_nestloop = on")


def _format(outlines: list[Outline]) -> bytes:
    rows = [(str(o.number), str(o.citizen_id), *copy_arrays([o.relatives, o.friends])) for o in outlines]
    return copy_text(rows)
