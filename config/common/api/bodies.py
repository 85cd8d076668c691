"""Reading request bodies: their type, their encoding and their size are checked before a byte is understood."""

import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from config.common.problems import FieldError, InvalidInput, TooLarge, UnsupportedType

JSON = "application/json"
_CHUNK = 1024 * 1024
_OBSERVER = "demanda_body_observer"


class JSONBodyParser(BaseParser):
    """Names JSON in OPTIONS and in the OpenAPI document. Views read bodies by `read_body`, which keeps the limits."""

    media_type = JSON

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        raise UnsupportedType("This body is read by the view itself.")


def read_body(request: Request, *, max_bytes: int, media_type: str = JSON, encodings: tuple[str, ...] = ()) -> bytes:
    """The whole body, decoded from its `Content-Encoding`.

    Raises `UnsupportedType` for another media type or encoding, `TooLarge` beyond `max_bytes` (before and after
    decoding), `InvalidInput` for a body that is not what its encoding says.
    """
    sent = (request.content_type or "").partition(";")[0].strip().lower()
    if sent != media_type:
        raise UnsupportedType(f"Send {media_type}.")
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() or "identity"
    if encoding not in {"identity", *encodings}:
        raise UnsupportedType(f"Content-Encoding may be {' or '.join((*encodings, 'absent'))}.")
    _refuse_announced_size(request, max_bytes)
    chunks = raw_chunks(request)
    return _joined(_gunzipped(chunks) if encoding == "gzip" else chunks, max_bytes)


def _refuse_announced_size(request: Request, max_bytes: int) -> None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > max_bytes:
        raise _too_large(max_bytes)


def raw_chunks(request: Request) -> Iterator[bytes]:
    """What is left of the body as it was sent, in pieces of up to a mebibyte.

    Every reader of a body goes through here: `observe_body` sees the same bytes.
    """
    observe = getattr(request._request, _OBSERVER, None)
    while chunk := request._request.read(_CHUNK):
        if observe is not None:
            observe(chunk)
        yield chunk


def observe_body(request: Request, observer: Callable[[bytes], object]) -> None:
    """Has `observer` called with each piece of the body while somebody reads it."""
    setattr(request._request, _OBSERVER, observer)


def _gunzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The decoded bytes, a mebibyte at a time, so that a small body cannot become a large one in one step."""
    gunzip = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            while chunk:
                yield gunzip.decompress(chunk, _CHUNK)
                chunk = gunzip.unconsumed_tail
    except zlib.error as error:
        raise _not_gzip() from error
    if not gunzip.eof or gunzip.unused_data:
        raise _not_gzip()


def _not_gzip() -> InvalidInput:
    return InvalidInput(
        "The body is not gzip.", errors=[FieldError("", "malformed_gzip", "This is not one gzip stream.")]
    )


def _joined(chunks: Iterator[bytes], max_bytes: int) -> bytes:
    parts, size = [], 0
    for part in chunks:
        size += len(part)
        if size > max_bytes:
            raise _too_large(max_bytes)
        parts.append(part)
    return b"".join(parts)


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(f"The body may have {max_bytes:,} bytes at most.")
