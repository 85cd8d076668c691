"""How far a load has come, for those who poll, and whether it still is to go on."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from config.common.background.leases import Held

SECONDS_BETWEEN = 0.25
# Not of a worker that has lost its lease, nor after somebody cancelled.
_WRITE = """
    UPDATE imports_import SET processed = %s
    WHERE id = %s AND status = 'loading' AND deleted_at IS NULL
        AND EXISTS (SELECT FROM background_lease WHERE name = %s AND fence = %s)
"""


class Stopped(Exception):
    """The delivery was cancelled or deleted, or another worker has loaded it: nothing more is to be done here."""


class Progress:
    """Writes the number of processed residents over a `connection` of its own: the load's is in a transaction.

    It does so between two chunks, at most every `SECONDS_BETWEEN`.
    """

    def __init__(self, import_id: int, held: Held) -> None:
        self._import_id = import_id
        self._held = held
        self.connection: BaseDatabaseWrapper = connection.copy()
        self._next = time.monotonic() + SECONDS_BETWEEN
        self.is_stopped = False

    def watched(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Passes the chunks on and counts their lines, until the load is not to go on: ask `is_stopped`."""
        processed = 0
        for chunk in chunks:
            yield chunk
            # COPY's text format escapes the line feeds inside values.
            processed += chunk.count(b"\n")
            if time.monotonic() >= self._next:
                self._write(processed)
            # Not by an exception: psycopg2 would make one of its own of it.
            if self.is_stopped:
                return

    def tell(self, processed: int) -> None:
        """Writes it down when it is time to. Raises `Stopped` when the load is not to go on."""
        if time.monotonic() >= self._next:
            self._write(processed)
        if self.is_stopped:
            raise Stopped

    def _write(self, processed: int) -> None:
        values: list[Any] = [processed, self._import_id, self._held.name, self._held.fence]
        with self.connection.cursor() as cursor:
            cursor.execute(_WRITE, values)
            self.is_stopped = not cursor.rowcount
        self._next = time.monotonic() + SECONDS_BETWEEN

    def close(self) -> None:
        """Ends the connection."""
        self.connection.close()
