"""A stream of bytes as batches of whole lines, in constant memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_LINE_BYTES = 1024 * 1024
# A batch is about as large: several hundred residents, enough to look at whole columns, little enough to be nothing.
PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines in a row, each but the last of the stream with its line feed.

    `first` is the number of the first one, from 1. `raw` is None for one line of more than `MAX_LINE_BYTES`, whose
    bytes are gone.
    """

    first: int
    raw: bytes | None


def cut_lines(chunks: Iterable[bytes]) -> Iterator[Lines]:
    """The lines of a stream, in batches; at most one line and one piece of the stream are in memory."""
    number, rest, is_too_long = 1, bytearray(), False
    for piece in pieces_of(chunks):
        head, feed, tail = piece.rpartition(b"\n")
        if not feed:
            rest += b"" if is_too_long else piece
            if is_too_long := is_too_long or len(rest) > MAX_LINE_BYTES:
                rest.clear()
            continue
        end = piece.find(b"\n")
        if is_too_long or len(rest) + end > MAX_LINE_BYTES:
            yield Lines(number, None)
            number += 1
            raw = piece[end + 1 : len(head) + 1]
        else:
            raw = b"".join((rest, head, feed))
        is_too_long, rest = False, bytearray(tail)
        if raw:
            yield Lines(number, raw)
            number += raw.count(b"\n")
    if rest or is_too_long:
        yield Lines(number, None if is_too_long else bytes(rest))


def pieces_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cuts the bytes into pieces of `PIECE_BYTES` at most: no line within one is too long."""
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE_BYTES):
            yield chunk[start : start + PIECE_BYTES]
