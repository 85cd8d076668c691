"""Bodies as they travel: taking `Content-Encoding` off, within a limit."""

import zlib
from collections.abc import Iterable, Iterator

from config.common.problems import FieldError, InvalidInput, TooLarge
from config.common.texts import gettext as _

GZIP = "gzip"
# zlib's number for "gzip, with the largest window".
_GZIP_WINDOW = 31
# The most that is decoded in one step.
_STEP = 1024 * 1024
# What is less than that may have any ratio: a few bytes are often all there is.
_RATIO_FROM = 16 * _STEP


def decoded(chunks: Iterable[bytes], *, encoding: str, max_bytes: int) -> bytes:
    """The whole body. `encoding` is `gzip`; anything else leaves the bytes as they are.

    Raises `TooLarge` when it has more than `max_bytes`, `InvalidInput` when it is not what its encoding says.
    """
    return b"".join(limited(_gunzipped(chunks) if encoding == GZIP else chunks, max_bytes=max_bytes))


def unpacked(chunks: Iterable[bytes], *, encoding: str, max_bytes: int, max_ratio: int) -> Iterator[bytes]:
    """The decoded body as it comes, up to a mebibyte at a time. `encoding` as in `decoded`.

    Raises, of a compressed body, `TooLarge` when it has more than `max_bytes` or, beyond the first 16 MiB, more than
    `max_ratio` times its compressed size; `InvalidInput` as `decoded`. What is not compressed has no limit.
    """
    if encoding != GZIP:
        yield from chunks
        return
    meter = _Meter(chunks)
    size = 0
    for chunk in limited(_gunzipped(meter), max_bytes=max_bytes):
        size += len(chunk)
        if size > max(_RATIO_FROM, max_ratio * meter.size):
            raise TooLarge(_("The body may unpack to %(max_ratio)s times its size at most.") % {"max_ratio": max_ratio})
        yield chunk


class _Meter:
    """Hands the chunks on; `size` is the bytes that have passed."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.size += len(chunk)
            yield chunk


def limited(chunks: Iterable[bytes], *, max_bytes: int) -> Iterator[bytes]:
    """Hands the chunks on; raises `TooLarge` as soon as they have more than `max_bytes`."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise too_large(max_bytes)
        yield chunk


def too_large(max_bytes: int) -> TooLarge:
    """What a body of more than `max_bytes` is refused with."""
    return TooLarge(_("The body may have %(max_bytes)s bytes at most.") % {"max_bytes": max_bytes})


def _gunzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The decoded bytes, a mebibyte at a time, so that a small body cannot become a large one in one step.

    A stream may have several members, one after the other (RFC 1952, section 2.2).
    """
    member = zlib.decompressobj(wbits=_GZIP_WINDOW)
    try:
        for chunk in chunks:
            while chunk:
                if member.eof:
                    member = zlib.decompressobj(wbits=_GZIP_WINDOW)
                yield member.decompress(chunk, _STEP)
                chunk = member.unconsumed_tail or member.unused_data
    except zlib.error as error:
        raise _not_gzip() from error
    if not member.eof:
        raise _not_gzip()


def _not_gzip() -> InvalidInput:
    return InvalidInput(
        _("The body is not gzip."), errors=[FieldError("", "malformed_gzip", _("This is not a whole gzip stream."))]
    )
