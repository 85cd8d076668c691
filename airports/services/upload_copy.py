"""Rows of a file on their way into the staging table."""

from collections.abc import Callable, Iterator

from airports.csv.lines import ByteStream
from airports.csv.reading import Reading
from airports.csv.rejections import Rejections
from airports.csv.rows import COLUMNS, CsvRows
from config.common.db.copy_text import copy_statement
from config.common.db.feed_copy import feed_copy

Progress = Callable[[int], None]

_COPY = copy_statement("upload_row", COLUMNS, null="")


def copy_rows(
    *, stream: ByteStream, rejections: Rejections, progress: Progress | None, reading: Reading | None = None
) -> int:
    """Copies the good rows of `stream` into the staging table and returns how many rows there are, good and bad.

    `progress` hears how many rows were read, now and then. Raises `BadHeader`, and what reading `stream` raises.
    """
    rows = CsvRows(stream, rejections, reading)
    feed_copy(_COPY, _watched(rows, progress))
    return rows.count


def _watched(rows: CsvRows, progress: Progress | None) -> Iterator[bytes]:
    for chunk in rows.chunks():
        if progress is not None:
            progress(rows.count)
        yield chunk
