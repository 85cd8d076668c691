"""The rows of one delivery, a bounded number at a time: no lock is held for long, and a kill loses one chunk at
most."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from django.db import connection, transaction

from imports.models import Import
from imports.querysets import ImportQuerySet
from imports.services.erasing.reclaim_space import reclaim_soon

CHUNK_ROWS = 20_000
# Each is a mebibyte.
CHUNK_BODY = 20

# In the order of an index, from where the chunk before ended: a chunk neither reads the whole table to find the rows of
# one delivery among those of others, nor passes the dead entries of all chunks before it once more.
_REMOVE = """
    WITH removed AS (
        DELETE FROM {table} WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM {table} WHERE import_id = %s AND {key} >= %s ORDER BY {key} LIMIT %s
        ))
        RETURNING {key}
    )
    SELECT count(*), max({key}) FROM removed
"""
# Who and when stay, and which fields, but no value. Rows that have been scrubbed are passed over.
_SCRUB = """
    WITH scrubbed AS (
        UPDATE imports_correction SET changes = {without_values} WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM imports_correction
            WHERE import_id = %s AND citizen_id >= %s AND changes <> {without_values} ORDER BY citizen_id LIMIT %s
        ))
        RETURNING citizen_id
    )
    SELECT count(*), max(citizen_id) FROM scrubbed
"""
_WITHOUT_VALUES = """(
    SELECT coalesce(jsonb_object_agg(name, '{"from": null, "to": null}'::jsonb), '{}'::jsonb)
    FROM jsonb_object_keys(changes) AS name
)"""
# Right after a load nobody has counted the rows yet, and the planner would take all rows of the delivery and sort them.
_BY_INDEX = "SELECT " + ", ".join(
    f"set_config('enable_{plan}', 'off', true)" for plan in ("seqscan", "bitmapscan", "sort", "incremental_sort")
)


@dataclass(slots=True)
class Rows:
    """What is left of one delivery's rows for one statement: `next` takes up to `size` of them.

    An instance remembers where it has come. Whoever begins anew begins with the first row.
    """

    import_id: int
    sql: str
    size: int
    _position: int = field(default=-1)

    def next(self) -> int:
        """How many rows were there, 0 at the end. Call it in a transaction, under a lock on the delivery."""
        with connection.cursor() as cursor:
            cursor.execute(_BY_INDEX)
            cursor.execute(self.sql, [self.import_id, self._position, self.size])
            count, last = cursor.fetchone()
        # The last one again: corrections have no order among those of one resident.
        self._position = self._position if last is None else last
        return int(count)


def residents_to_remove(import_id: int) -> Rows:
    """The residents."""
    return Rows(import_id, _REMOVE.format(table="imports_citizen", key="citizen_id"), CHUNK_ROWS)


def corrections_to_remove(import_id: int) -> Rows:
    """Their corrections."""
    return Rows(import_id, _REMOVE.format(table="imports_correction", key="citizen_id"), CHUNK_ROWS)


def corrections_to_scrub(import_id: int) -> Rows:
    """Their corrections, whose old and new values become null."""
    return Rows(import_id, _SCRUB.replace("{without_values}", _WITHOUT_VALUES), CHUNK_ROWS)


def raw_body_to_remove(import_id: int) -> Rows:
    """The raw body."""
    return Rows(import_id, _REMOVE.format(table="imports_rawchunk", key="number"), CHUNK_BODY)


class Ending(ABC):
    """The end of one delivery, or of all that is personal of it: the rows of its `tables` go in chunks, and `finish`
    follows the last of them. May be killed and repeated at any point, and run twice at the same time."""

    tables: ClassVar[Sequence[Callable[[int], Rows]]]

    def __init__(self, import_id: int) -> None:
        self._import_id = import_id
        self._rows = [table(import_id) for table in self.tables]
        self._rows_done = 0

    @staticmethod
    @abstractmethod
    def waiting() -> ImportQuerySet:
        """The deliveries that are to end."""

    @abstractmethod
    def finish(self, found: Import) -> None:
        """Sees to the delivery itself, which is locked, when none of its rows is left."""

    @classmethod
    def run_all(cls, seconds: float) -> int:
        """Ends every delivery that waits, until `seconds` are over. Returns how many are done with."""
        deadline = time.monotonic() + seconds
        endings = [cls(import_id) for import_id in cls.waiting().values_list("pk", flat=True)]
        ended = sum(ending._run(deadline) for ending in endings)
        reclaim_soon(sum(ending._rows_done for ending in endings))
        return ended

    def _run(self, deadline: float) -> bool:
        """Whether nothing is left, and it was this call that saw to the last of it."""
        while time.monotonic() < deadline:
            done = self._next()
            if not done:
                return done is not None
            self._rows_done += done
        return False

    @transaction.atomic
    def _next(self) -> int | None:
        """How many rows are done; 0: none was left; None: somebody else has finished it."""
        # Two runs take turns. Without the lock one of them would wait for the other's chunk, find none of its rows
        # left, and remove the delivery while the other's rows still point at it.
        found = self.waiting().select_for_update().filter(pk=self._import_id).first()
        if found is None:
            return None
        if done := sum(rows.next() for rows in self._rows):
            return done
        self.finish(found)
        return 0
