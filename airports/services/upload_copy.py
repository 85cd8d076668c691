"""Rows of a file on their way into the staging table."""

from collections.abc import Callable, Iterator

from django.db import connection

from airports.csv.lines import ByteStream
from airports.csv.rejections import Rejections
from airports.csv.rows import COLUMNS, CsvRows
from config.common.observe.units import timed

Progress = Callable[[int], None]

_COPY = f"COPY upload_row ({', '.join(COLUMNS)}) FROM STDIN WITH (NULL '')"
_READ = 64 * 1024


class CopySource:
    """A file for psycopg2's COPY over chunks that are made while it reads.

    psycopg2 hides what its file raises behind an error of its own, so the file ends there and keeps it in `error`.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.error: Exception | None = None
        self._chunks = chunks
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end or after an error."""
        if not self._rest:
            self._rest = self._next()
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def _next(self) -> bytes:
        try:
            return next(self._chunks, b"")
        except Exception as error:  # noqa: BLE001 - raised again when COPY has ended
            self.error = error
            return b""


def copy_rows(*, stream: ByteStream, rejections: Rejections, progress: Progress | None) -> int:
    """Copies the good rows of `stream` into the staging table and returns how many rows there are, good and bad.

    `progress` hears how many rows were read, now and then. Raises `BadHeader`, and what reading `stream` raises.
    """
    rows = CsvRows(stream, rejections)
    source = CopySource(_watched(rows, progress))
    with connection.cursor() as cursor, timed(_COPY):
        cursor.copy_expert(_COPY, source, _READ)
    if source.error is not None:
        raise source.error
    return rows.count


def _watched(rows: CsvRows, progress: Progress | None) -> Iterator[bytes]:
    for chunk in rows.chunks():
        if progress is not None:
            progress(rows.count)
        # COPY would take an empty chunk for the end.
        if chunk:
            yield chunk
