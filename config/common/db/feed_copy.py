"""Feeding PostgreSQL's COPY from a generator that may fail, and whose source may take its time."""

import select
from collections.abc import Iterable, Iterator

from django.db import connection

from config.common.db.disk import within_room
from config.common.observe.units import timed

# Larger than a chunk, so that each is handed over whole.
_READ_BYTES = 1024 * 1024


def feed_copy(statement: str, chunks: Iterable[bytes]) -> None:
    """Carries out a `COPY … FROM STDIN` with the chunks while they are made, inside the caller's transaction.

    What making them raises is raised here, as it is; what was copied until then must be rolled back. A failure of the
    server, a full disk for instance, is raised when it happens, not after the last chunk; `NoSpace`, before that, when
    the reserve of the disk is touched.
    """
    feed = Feed(within_room(chunks))
    while not feed.is_over:
        feed.is_interrupted = False
        # Django wraps the errors of `execute` alone: without this a full disk would not be known as one.
        with connection.cursor() as cursor, connection.wrap_database_errors, timed(statement):
            cursor.copy_expert(statement, feed, _READ_BYTES)
        if feed.error is not None:
            raise feed.error


class Feed:
    """A file for psycopg2's COPY over chunks that are made while it reads: at most two of them in memory."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._rest = b""
        self._notices = select.poll()
        self._notices.register(connection.connection.fileno(), select.POLLIN)
        self.error: Exception | None = None
        self.is_over = False
        self.is_interrupted = False

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end, or to hear what the server has to say."""
        # In the middle of a COPY a server speaks of its failure, which the driver looks at when it has sent everything:
        # a large delivery could go on for minutes. Should it speak of anything else, another COPY takes the rest.
        if self.is_interrupted or self._notices.poll(0):
            self.is_interrupted = True
            return b""
        if not self._rest:
            self._rest = self._next()
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def _next(self) -> bytes:
        try:
            for chunk in self._chunks:
                if chunk:
                    return chunk
        except Exception as error:  # noqa: BLE001 - psycopg2 would make an error of its own of it; `feed_copy` raises it
            self.error = error
        self.is_over = True
        return b""
