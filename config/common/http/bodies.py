"""Reading request bodies: their type, their encoding and their size are checked before a byte is understood."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.utils.http import parse_header_parameters
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from config.common.http.encodings import decoded, limited, too_large
from config.common.http.unreadable import truncated
from config.common.problems import UnsupportedType
from config.common.tabular.encodings import ENCODINGS, UTF8, named_encoding, whole_utf8
from config.common.texts import either
from config.common.texts import gettext as _

JSON = "application/json"
_CHUNK = 1024 * 1024
# Told the announced size of a body and its encoding before a byte of it is read; raises what refuses it.
Admit = Callable[[int, str], None]


class JSONBodyParser(BaseParser):
    """Names JSON in OPTIONS and in the OpenAPI document. Views read bodies by `read_body`, which keeps the limits."""

    media_type = JSON

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        raise UnsupportedType(_("This body is read by the view itself."))


@dataclass(frozen=True, slots=True)
class RawBody:
    """A body as it is sent: its `Content-Encoding` and its bytes, up to a mebibyte at a time, as they come."""

    encoding: str
    chunks: Iterator[bytes]


def read_body(
    request: Request,
    *,
    max_bytes: int,
    media_type: str = JSON,
    encodings: tuple[str, ...] = (),
    admit: Admit | None = None,
) -> bytes:
    """The whole body, decoded from its `Content-Encoding`, without a byte order mark.

    Raises `UnsupportedType` for another media type or encoding, `TooLarge` beyond `max_bytes` (before and after
    decoding), what `admit` raises, `InvalidInput` for a body that is not what its encoding says.
    """
    raw = raw_body(request, max_bytes=max_bytes, media_type=media_type, encodings=encodings, admit=admit)
    return whole_utf8(decoded(raw.chunks, encoding=raw.encoding, max_bytes=max_bytes))


def raw_body(
    request: Request,
    *,
    max_bytes: int | None = None,
    media_type: str = JSON,
    encodings: tuple[str, ...] = (),
    admit: Admit | None = None,
) -> RawBody:
    """The body without a look into it. Raises `UnsupportedType` and `TooLarge` by what its headers say, then what
    `admit` raises.

    While its chunks are read: `TooLarge` beyond `max_bytes` as sent, `InvalidInput` when it ends too early, `OSError`
    when it cannot be read (`config.common.http.unreadable` says why).
    """
    sent_type(request, media_type)
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() or "identity"
    if encoding not in {"identity", *encodings}:
        raise UnsupportedType(_("Content-Encoding may be %(names)s.") % {"names": either([*encodings, _("absent")])})
    announced = _announced_size(request)
    if max_bytes is not None and announced > max_bytes:
        raise too_large(max_bytes)
    if admit is not None:
        admit(announced, encoding)
    chunks = _whole(_chunks(request), announced)
    return RawBody(encoding, chunks if max_bytes is None else limited(chunks, max_bytes=max_bytes))


def sent_type(request: Request, *allowed: str) -> str:
    """The media type of the body. Raises `UnsupportedType` unless it is one of `allowed`."""
    sent = (request.content_type or "").partition(";")[0].strip().lower()
    if sent not in allowed:
        raise UnsupportedType(_("Send %(types)s.") % {"types": either(allowed)})
    return sent


def sent_encoding(request: Request) -> str:
    """The codec that is said beside the media type; of US-ASCII, and where none is said, UTF-8.

    Raises `UnsupportedType` for another one than `ENCODINGS` names.
    """
    parameters = parse_header_parameters(request.content_type or "")[1]
    charset = parameters.get("charset", UTF8)
    codec = UTF8 if charset.lower() == "us-ascii" else named_encoding(charset)
    if codec is None:
        raise UnsupportedType(_("Send the file in %(encodings)s.") % {"encodings": ", ".join(ENCODINGS)})
    return codec


def _announced_size(request: Request) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdigit() else 0


def _whole(chunks: Iterator[bytes], announced: int) -> Iterator[bytes]:
    left = announced
    for chunk in chunks:
        left -= len(chunk)
        yield chunk
    # The caller went away.
    if left > 0:
        raise truncated()


def _chunks(request: Request) -> Iterator[bytes]:
    while chunk := request._request.read(_CHUNK):
        yield chunk
