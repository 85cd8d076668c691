"""Residents as an Excel workbook, which is read as a whole."""

import io
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import python_calamine

from config.common.problems import FieldError, TooLarge
from config.common.tabular.workbook import MAX_ROWS, unescaped
from imports.documents import cells
from imports.documents.codes import Code
from imports.documents.errors import InvalidDocument
from imports.documents.options import TableOptions
from imports.documents.table import ROWS_AT_ONCE, Piece, TableReader, too_many_rows
from imports.fields import Kind

# Some four times what so many residents take.
_MAX_UNPACKED = 512 * 1024 * 1024
_STEP = 1024 * 1024
_MAX_COLUMNS = 52
# The library lays a cell out for each place up to the last one: a value in the farthest row and column would be 400 GB.
# So each tag of a cell has to be an empty one, or to name a near place in the way in which all programs write it.
_ATTRIBUTE = r'\s+(?!r[\s=])[\w:.-]+="[^"<>]*"'
_NEAR = r'\s+r="(?:[A-Z]|A[A-Z])(?:[0-9]{1,5}|1[0-9]{5}|20[0-9]{4})"'
_FAR_CELL = re.compile(
    rf"<(?:[^\s<>/:]*:)?c(?=[\s>])(?!(?:{_ATTRIBUTE})*+{_NEAR}|(?:{_ATTRIBUTE}|\s+r=\"[A-Z0-9]*\")*+\s*/>)".encode()
)
_NEAR_COLUMN = re.compile(rb'[^>]*\sr="A?[A-Z][0-9]')
_LONGEST_TAG = 1024 * 1024
_LOCAL_HEADER = struct.Struct("<26xHH")


class WorkbookReader(TableReader):
    """Reads the first sheet, or the one that is named. Formulas count as their stored values."""

    unit = "row"
    most_rows = MAX_ROWS

    def pieces(self, chunks: Iterable[bytes], options: TableOptions) -> Iterator[Piece]:
        rows = _sheet_rows(b"".join(chunks), options.sheet)
        first = 1
        while some := list(islice(rows, ROWS_AT_ONCE)):
            yield Piece(range(first, first + len(some)), some)
            first += len(some)

    def texts(self, kind: Kind, column: Sequence[Any]) -> Sequence[str]:
        texts = cells.as_texts(kind, column)
        return list(map(unescaped, texts)) if "_xFFF" in "".join(texts) else texts


def _sheet_rows(content: bytes, name: str) -> Iterator[list[Any]]:
    if not content:
        return
    _look_into(content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if name and name not in book.sheet_names:
            raise _refusal(Code.UNKNOWN_SHEET, "The workbook has no sheet of this name.")
        yield from (book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)).iter_rows()
    except BaseException as error:
        # Of a date or a duration that nobody lives to see Rust panics, which is no `Exception` to Python, or Python has
        # no room.
        is_panic = type(error).__name__ == "PanicException"
        if is_panic or isinstance(error, python_calamine.CalamineError | OverflowError):
            raise _no_workbook() from error
        raise


def _look_into(content: bytes) -> None:
    """Raises `InvalidDocument` or `TooLarge` for what would take too much memory, or is no workbook."""
    try:
        archive = ZipFile(io.BytesIO(content))
        if "xl/workbook.xml" not in archive.namelist():
            raise _no_workbook()
        unpacked = 0
        for member in archive.infolist():
            for piece in _pieces_of(content, member):
                unpacked += len(piece)
                if unpacked > _MAX_UNPACKED:
                    raise TooLarge(f"A workbook may unpack to {_MAX_UNPACKED:,} bytes at most.")
    # The first three are of the archive and the names in it, the others of a member; a test makes a file for each.
    except (BadZipFile, NotImplementedError, UnicodeDecodeError, struct.error, zlib.error) as error:
        raise _no_workbook() from error


def _pieces_of(content: bytes, member: ZipInfo) -> Iterator[bytes]:
    """What a member really unpacks to, whatever its header says; far cells are refused."""
    start = member.header_offset + _LOCAL_HEADER.size
    start += sum(_LOCAL_HEADER.unpack(content[member.header_offset : start]))
    packed = content[start : start + member.compress_size]
    if not member.compress_type:
        _expect_near(packed)
        yield packed
        return
    unpacker, tag = zlib.decompressobj(-zlib.MAX_WBITS), b""
    while packed and not unpacker.eof:
        piece = unpacker.decompress(packed, _STEP)
        packed = unpacker.unconsumed_tail
        text = tag + piece
        tag = _begun_tag(text)
        _expect_near(text[: len(text) - len(tag)])
        yield piece


def _begun_tag(text: bytes) -> bytes:
    """The tag that does not end with `text`: it is looked at when more of it has come."""
    start = text.rfind(b"<")
    if start < 0 or b">" in text[start:]:
        return b""
    if len(text) - start > _LONGEST_TAG:
        raise _no_workbook()
    return text[start:]


def _expect_near(text: bytes) -> None:
    if found := _FAR_CELL.search(text):
        if _NEAR_COLUMN.match(text, found.end()):
            raise too_many_rows(MAX_ROWS)
        detail = f"A sheet may have {_MAX_COLUMNS} columns at most, and each cell has to say where it stands."
        raise _refusal(Code.TOO_MANY_CELLS, detail)


def _no_workbook() -> InvalidDocument:
    return _refusal(Code.MALFORMED_WORKBOOK, "This is no XLSX workbook, or it has a password. Save it as XLSX, or CSV.")


def _refusal(code: Code, detail: str) -> InvalidDocument:
    return InvalidDocument([FieldError("", code.value, detail)])
