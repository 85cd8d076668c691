"""The formats of deliveries: their media types, how a file is told from another, and what reads each.

A further format is a reader, a `Reader` of `documents.stream`, and a line in `FORMATS`.
"""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from config.common.http.encodings import GZIP
from config.common.problems import InvalidInput
from config.common.tabular.delimiters import delimiter_of
from config.common.tabular.encodings import utf8
from config.common.tabular.read_workbook import MAGIC as WORKBOOK_MAGIC
from imports.documents.csv_table import CsvReader
from imports.documents.document import DocumentReader
from imports.documents.headers import known_names
from imports.documents.stream import BLANKS, LineReader, Reader
from imports.documents.workbook_table import WorkbookReader

# So much of a file `kind_of` wants to see.
HEAD_BYTES = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
# zlib's number for "gzip, with the largest window".
_GZIP_WINDOW = 31
# Inside a value the quotes would be escaped.
_CITIZENS = re.compile(rb'"citizens"[ \t\r\n]*:')
# One that begins on the line of its first key: several lines are for people to read.
_RESIDENT = re.compile(rb'\{[ \t]*"')
_JSON_BEGINS = (b"{", b"[")
# One word may be anything.
_LEAST_NAMES = 2


@dataclass(frozen=True, slots=True)
class Format:
    """How a delivery is written. `rows` reads it while it comes, whatever its size; but a document is read as a whole
    (`reader.read_document`), and a workbook is taken whole by its reader. `options` are those of a table that its
    sender may say, as `TableOptions` calls them."""

    media_type: str
    label: str
    suffixes: tuple[str, ...]
    rows: Callable[..., Reader[Any]] = LineReader
    is_document: bool = False
    is_whole: bool = False
    options: tuple[str, ...] = ()


JSON = Format("application/json", "JSON", (".json",), DocumentReader, is_document=True, is_whole=True)
NDJSON = Format("application/x-ndjson", "NDJSON", (".ndjson", ".jsonl"))
CSV = Format("text/csv", "CSV", (".csv", ".tsv", ".txt"), CsvReader, options=("delimiter", "encoding"))
XLSX = Format(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "XLSX",
    (".xlsx", ".xlsm", ".xls"),
    WorkbookReader,
    is_whole=True,
    options=("sheet",),
)

FORMATS: Mapping[str, Format] = MappingProxyType({one.media_type: one for one in (JSON, NDJSON, CSV, XLSX)})


class FileKind(NamedTuple):
    """The format of a file, and its `Content-Encoding`: `gzip` or nothing."""

    format: Format
    encoding: str


def kind_of(head: bytes, *, name: str = "") -> FileKind:
    """What a file is that begins with `head`, its first `HEAD_BYTES`. Its name says little, and what a browser makes of
    it less: it decides where the contents could be anything; a document is what nothing else speaks for. Where there is
    nothing, that is a list of nobody, unless it is called JSON."""
    encoding = GZIP if head.startswith(_GZIP_MAGIC) else ""
    content = _unpacked(head) if encoding else head
    return FileKind(_format_of(content) or _format_called(name, content), encoding)


def _format_of(content: bytes) -> Format | None:
    """What the contents speak for."""
    if content.startswith(WORKBOOK_MAGIC):
        return XLSX
    text = _text(content)
    if _CITIZENS.search(text):
        return JSON
    if _RESIDENT.match(text):
        return NDJSON
    if text.startswith(_JSON_BEGINS):
        return None
    first = text.partition(b"\n")[0].decode("utf-8", "replace")
    return CSV if known_names(first.split(delimiter_of(first, known_names))) >= _LEAST_NAMES else None


def _format_called(name: str, content: bytes) -> Format:
    called = name.lower().removesuffix(".gz")
    default = JSON if content.strip(BLANKS) else NDJSON
    return next((one for one in FORMATS.values() if called.endswith(one.suffixes)), default)


def _text(content: bytes) -> bytes:
    """Without its byte order mark, in UTF-8 where it is UTF-16, as far as it goes: the last character may be cut."""
    try:
        return next(utf8([content]), b"").lstrip(BLANKS)
    except InvalidInput:
        return content


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=_GZIP_WINDOW).decompress(head, HEAD_BYTES)
    except zlib.error:
        # Whoever reads all of it says what is wrong.
        return b""
