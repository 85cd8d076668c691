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
from config.common.tabular.workbook import unescaped
from imports.documents import cells
from imports.documents.codes import Code
from imports.documents.errors import InvalidDocument
from imports.documents.options import TableOptions
from imports.documents.table import ROWS_AT_ONCE, Piece, TableReader
from imports.fields import Kind

MAX_ROWS = 200_000
# Some four times what so many residents take.
_MAX_UNPACKED = 512 * 1024 * 1024
_STEP = 1024 * 1024
_MAX_COLUMNS = 52
# The library lays a cell out for each place up to the last one: a value in the farthest row and column would be 400 GB.
_FAR_COLUMN = re.compile(rb'<(?:\w+:)?c\b[^<>]*\br="(?:[A-Z]{3}|[B-Z][A-Z])[0-9]+"[^<>]*(?<!/)>')
_FAR_ROW = re.compile(rb'<(?:\w+:)?c\b[^<>]*\br="[A-Z]+(?:[0-9]{7}|[3-9][0-9]{5}|2[1-9][0-9]{4})"[^<>]*(?<!/)>')
_LONGEST_TAG = 200
_LOCAL_HEADER = struct.Struct("<26xHH")
_TOO_MANY = f"A workbook may have {MAX_ROWS:,} residents at most; as CSV there may be any number."


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
        return iter(())
    _look_into(content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if name and name not in book.sheet_names:
            raise _refusal(Code.UNKNOWN_SHEET, "The workbook has no sheet of this name.")
        sheet = book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
        return iter(sheet.iter_rows())
    except (python_calamine.CalamineError, OSError) as error:
        raise _no_workbook() from error
    except BaseException as error:
        # What Rust calls a panic is no `Exception` to Python.
        if type(error).__name__ == "PanicException":
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
    except (BadZipFile, zlib.error, struct.error, NotImplementedError, ValueError) as error:
        raise _no_workbook() from error


def _pieces_of(content: bytes, member: ZipInfo) -> Iterator[bytes]:
    """What a member really unpacks to, whatever its header says; far cells are refused."""
    start = member.header_offset + _LOCAL_HEADER.size
    start += sum(_LOCAL_HEADER.unpack(content[member.header_offset : start]))
    packed = content[start : start + member.compress_size]
    if not member.compress_type:
        yield _near(packed)
        return
    unpacker, end = zlib.decompressobj(-zlib.MAX_WBITS), b""
    while packed and not unpacker.eof:
        piece = unpacker.decompress(packed, _STEP)
        packed = unpacker.unconsumed_tail
        end = _near(end + piece)[-_LONGEST_TAG:]
        yield piece


def _near(piece: bytes) -> bytes:
    if _FAR_COLUMN.search(piece):
        raise _refusal(Code.TOO_MANY_CELLS, f"A sheet may have {_MAX_COLUMNS} columns at most.")
    if _FAR_ROW.search(piece):
        raise TooLarge(_TOO_MANY)
    return piece


def _no_workbook() -> InvalidDocument:
    return _refusal(Code.MALFORMED_WORKBOOK, "This is no XLSX workbook, or it has a password. Save it as XLSX, or CSV.")


def _refusal(code: Code, detail: str) -> InvalidDocument:
    return InvalidDocument([FieldError("", code.value, detail)])
