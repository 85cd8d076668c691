"""What a delivery was sent as: rows of up to a mebibyte, from the moment it is received until it is erased."""

from collections.abc import Iterable, Iterator
from itertools import count
from struct import Struct

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F

from config.common.db.disk import within_room
from config.common.db.feed_copy import feed_copy
from imports.models import Import, RawChunk

_READ = "SELECT content FROM imports_rawchunk WHERE import_id = %s AND number = %s"
_COPY_ROWS = """
    INSERT INTO imports_rawchunk (import_id, number, content)
    SELECT %s, number, content FROM imports_rawchunk WHERE import_id = %s
"""


_PIECE = 1024 * 1024
_COPY_IN = "COPY imports_rawchunk (import_id, number, content) FROM STDIN (FORMAT binary)"
_COPY_HEADER, _COPY_TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_ROW = Struct("!hiqiii")
# Beyond any number of a chunk.
_BESIDE = 2**30


def store_body(received: Import, chunks: Iterable[bytes], *, first: int = 0) -> None:
    """Writes the chunks while they come, one at a time in memory, numbered from `first` on. The caller's transaction
    makes them one body.

    Raises `NoSpace` when the reserve of the disk is touched.
    """
    size = 0
    for number, chunk in enumerate(within_room(chunks), start=first):
        RawChunk.objects.create(delivery=received, number=number, content=chunk)
        size += len(chunk)
    received.body_size = size
    received.save(update_fields=["body_size"])


def append_body(received: Import, content: bytes, *, first: int) -> int:
    """Adds to a body that comes in parts, from the chunk `first` on, and says how many chunks it took. Raises as
    `store_body`."""
    pieces = [content[start : start + _PIECE] for start in range(0, len(content), _PIECE)]
    feed_copy(_COPY_IN, _binary_rows(received.pk, pieces, first))
    Import.objects.filter(pk=received.pk).update(body_size=F("body_size") + len(content))
    return len(pieces)


def _binary_rows(import_id: int, pieces: Iterable[bytes], first: int) -> Iterator[bytes]:
    """As COPY reads rows in its binary format: each field after its length. As text a chunk is twice as long, and takes
    five times as long to be read."""
    yield _COPY_HEADER
    for number, piece in enumerate(pieces, start=first):
        yield _ROW.pack(3, 8, import_id, 4, number, len(piece))
        yield piece
    yield _COPY_TRAILER


def replace_body(found: Import, chunks: Iterable[bytes]) -> None:
    """Writes another body in the place of the one that the chunks may be made from. Raises as `store_body`."""
    store_body(found, chunks, first=_BESIDE)
    rows = RawChunk.objects.filter(delivery=found)
    rows.filter(number__lt=_BESIDE)._raw_delete(using="default")
    rows.update(number=F("number") - _BESIDE)


def read_body(import_id: int, *, over: BaseDatabaseWrapper | None = None) -> Iterator[bytes]:
    """The chunks of a body in their order, one at a time in memory.

    Read over the connection `over`, where Django's is in the middle of a COPY.
    """
    for number in count():
        with (over or connection).cursor() as cursor:
            cursor.execute(_READ, [import_id, number])
            row = cursor.fetchone()
        if row is None:
            return
        yield bytes(row[0])


def copy_body(*, source_id: int, target_id: int) -> None:
    """Gives the delivery `target_id` the same body."""
    with connection.cursor() as cursor:
        cursor.execute(_COPY_ROWS, [target_id, source_id])


def remove_body(import_id: int) -> None:
    """Removes the chunks; the caller has written down that there is no body any more."""
    # Without Django's collector, which would read them first.
    RawChunk.objects.filter(delivery_id=import_id)._raw_delete(using="default")
