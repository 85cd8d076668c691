"""Reading request bodies: their type, their encoding and their size are checked before a byte is understood."""

import zlib
from collections.abc import Iterator
from typing import IO, Any

from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from config.common.problems import FieldError, InvalidInput, TooLarge, UnsupportedType

JSON = "application/json"
_CHUNK = 1024 * 1024
# zlib's number for "gzip, with the largest window".
_GZIP = 31


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
    chunks = _chunks(request)
    return _joined(_gunzipped(chunks) if encoding == "gzip" else chunks, max_bytes)


def _refuse_announced_size(request: Request, max_bytes: int) -> None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > max_bytes:
        raise _too_large(max_bytes)


def _chunks(request: Request) -> Iterator[bytes]:
    while chunk := request._request.read(_CHUNK):
        yield chunk


def _gunzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The decoded bytes, a mebibyte at a time, so that a small body cannot become a large one in one step.

    A stream may have several members, one after the other (RFC 1952, section 2.2).
    """
    member = zlib.decompressobj(wbits=_GZIP)
    try:
        for chunk in chunks:
            while chunk:
                if member.eof:
                    member = zlib.decompressobj(wbits=_GZIP)
                yield member.decompress(chunk, _CHUNK)
                chunk = member.unconsumed_tail or member.unused_data
    except zlib.error as error:
        raise _not_gzip() from error
    if not member.eof:
        raise _not_gzip()


def _not_gzip() -> InvalidInput:
    return InvalidInput(
        "The body is not gzip.", errors=[FieldError("", "malformed_gzip", "This is not a whole gzip stream.")]
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
