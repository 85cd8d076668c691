"""What an uploaded file is, by its first bytes: its name says little, and what a browser makes of it less."""

import zlib
from dataclasses import dataclass
from typing import IO

from django.conf import settings

from config.common.http.encodings import GZIP
from imports.models import Import

_MAGIC = b"\x1f\x8b"
# zlib's number for "gzip, with the largest window".
_GZIP_WINDOW = 31
_LOOKED_AT = 64 * 1024
_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class FileKind:
    """What `receive_import` is told about a file; its bytes may be `max_bytes`, as the API has it."""

    media_type: str
    encoding: str

    @property
    def max_bytes(self) -> int:
        """Of the file as it is."""
        return int(settings.STREAM_MAX_BYTES if self.media_type == Import.Format.NDJSON else settings.IMPORT_MAX_BYTES)


def kind_of(file: IO[bytes]) -> FileKind:
    """One resident a line begins with an object whose first key is not `citizens`; all else is read as a document."""
    file.seek(0)
    head = file.read(_LOOKED_AT)
    encoding = GZIP if head.startswith(_MAGIC) else ""
    text = (_unpacked(head) if encoding else head).lstrip(_BLANKS)
    # Without the blanks that JSON allows between its signs.
    first_key = text.removeprefix(b"{").lstrip(_BLANKS)
    is_lines = text.startswith(b"{") and first_key.startswith(b'"') and not first_key.startswith(b'"citizens"')
    return FileKind(Import.Format.NDJSON if is_lines else Import.Format.JSON, encoding)


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=_GZIP_WINDOW).decompress(head, _LOOKED_AT)
    except zlib.error:
        # Whoever reads all of it says what is wrong.
        return b""
