"""What an uploaded file is, by its first bytes: its name says little, and what a browser makes of it less."""

import zlib
from dataclasses import dataclass
from typing import IO

from config.common.encodings import GZIP

_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31
_LOOKED_AT = 64 * 1024
_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class FileKind:
    """`encoding` is `gzip` or empty; with `is_lines` there is one resident a line, else one document."""

    encoding: str
    is_lines: bool


def kind_of(file: IO[bytes]) -> FileKind:
    """A document is an object whose first key is `citizens`; what begins in any other way is read line by line."""
    file.seek(0)
    head = file.read(_LOOKED_AT)
    encoding = GZIP if head.startswith(_MAGIC) else ""
    text = _unpacked(head) if encoding else head
    # Without the blanks that JSON allows between its signs.
    start = text.lstrip(_BLANKS).removeprefix(b"{").lstrip(_BLANKS)
    is_document = start.startswith((b'"citizens"', b"}")) or not start
    return FileKind(encoding, is_lines=text.lstrip(_BLANKS).startswith(b"{") and not is_document)


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=_GZIP_WINDOW).decompress(head, _LOOKED_AT)
    except zlib.error:
        # Whoever reads all of it says so.
        return b""
