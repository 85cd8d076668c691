"""The formats of deliveries: their media types, how a file is told from another, and what reads each.

A further format is a reader, with what `LineReader` has, and a line in `FORMATS`.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from config.common.http.encodings import GZIP
from imports.documents.stream import BLANKS, LineReader

# So much of a file `kind_of` wants to see.
HEAD_BYTES = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
# zlib's number for "gzip, with the largest window".
_GZIP_WINDOW = 31
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Inside a value the quotes would be escaped.
_CITIZENS = re.compile(rb'"citizens"[ \t\r\n]*:')
# One that begins on the line of its first key: several lines are for people to read.
_RESIDENT = re.compile(rb'\{[ \t]*"')


@dataclass(frozen=True, slots=True)
class Format:
    """How a delivery is written. `rows` reads it while it comes, whatever its size; but a document is read as a whole
    (`reader.read_document`)."""

    media_type: str
    label: str
    suffixes: tuple[str, ...]
    rows: type[LineReader] = LineReader
    is_document: bool = False


JSON = Format("application/json", "JSON", (".json",), is_document=True)
NDJSON = Format("application/x-ndjson", "NDJSON", (".ndjson", ".jsonl"))

FORMATS: Mapping[str, Format] = MappingProxyType({one.media_type: one for one in (JSON, NDJSON)})


class FileKind(NamedTuple):
    """The format of a file, and its `Content-Encoding`: `gzip` or nothing."""

    format: Format
    encoding: str


def kind_of(head: bytes, *, name: str = "") -> FileKind:
    """What a file is that begins with `head`, its first `HEAD_BYTES`. Its name says little, and what a browser makes of
    it less: it decides where the contents could be anything; a document is what nothing else speaks for."""
    encoding = GZIP if head.startswith(_GZIP_MAGIC) else ""
    text = (_unpacked(head) if encoding else head).removeprefix(_BYTE_ORDER_MARK).lstrip(BLANKS)
    if _CITIZENS.search(text):
        return FileKind(JSON, encoding)
    if _RESIDENT.match(text):
        return FileKind(NDJSON, encoding)
    called = name.lower().removesuffix(".gz")
    return FileKind(next((one for one in FORMATS.values() if called.endswith(one.suffixes)), JSON), encoding)


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=_GZIP_WINDOW).decompress(head, HEAD_BYTES)
    except zlib.error:
        # Whoever reads all of it says what is wrong.
        return b""
