"""The rows of Excel workbooks, which are read as a whole."""

import io
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import python_calamine

from config.common.problems import FieldError, InvalidInput, TooLarge
from config.common.tabular.workbook import MAX_ROWS, too_many_rows, unescaped
from config.common.texts import gettext as _

# Of XLSX, and of what Excel wrote before it and still writes with a password.
MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# Larger ones are not exact where a workbook keeps a number.
EXACT = 2**53
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
# What cannot be unpacked raises these; a test makes a file for each.
_UNREADABLE = (
    BadZipFile,
    NotImplementedError,  # nothing that is left out here: zipfile raises it for an archive of a version to come
    UnicodeDecodeError,  # of a member's name
    struct.error,
    zlib.error,
)


class Workbook:
    """A workbook, unpacked once. Raises `InvalidInput` for what is none or has far cells, `TooLarge`."""

    def __init__(self, content: bytes) -> None:
        _look_into(content)
        with _readable():
            self._book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
            self.sheets = list(self._book.sheet_names)

    def rows(self, name: str = "") -> Iterator[list[Any]]:
        """The cells of the first sheet, or of the one called `name`, from its first row on; formulas count as their
        stored values. Raises `InvalidInput` where there is no such sheet or nobody can read it."""
        if name and name not in self.sheets:
            raise _refusal("unknown_sheet", _("The workbook has no sheet of this name."))
        with _readable():
            yield from (self._book.get_sheet_by_name(name) if name else self._book.get_sheet_by_index(0)).iter_rows()


def sheet_rows(content: bytes, name: str = "") -> Iterator[list[Any]]:
    """As `Workbook.rows`; of no content none. Raises as `Workbook`."""
    if content:
        yield from Workbook(content).rows(name)


def cell_text(cell: object) -> str:
    """The text that a cell would be in a CSV; of a day that is a date, `YYYY-MM-DD`."""
    if isinstance(cell, str):
        return unescaped(cell)
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        # Of a date or a duration that nobody lives to see Rust panics, which is no `Exception` to Python, or Python has
        # no room.
        is_panic = type(error).__name__ == "PanicException"
        if is_panic or isinstance(error, python_calamine.CalamineError | OverflowError):
            raise _no_workbook() from error
        raise


def _look_into(content: bytes) -> None:
    """Raises `InvalidInput` or `TooLarge` for what would take too much memory, or is no workbook."""
    try:
        archive = ZipFile(io.BytesIO(content))
        if "xl/workbook.xml" not in archive.namelist():
            raise _no_workbook()
        unpacked = 0
        for member in archive.infolist():
            for piece in _pieces_of(content, member):
                unpacked += len(piece)
                if unpacked > _MAX_UNPACKED:
                    raise TooLarge(_("A workbook may unpack to %(most)s bytes at most.") % {"most": _MAX_UNPACKED})
    except _UNREADABLE as error:
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
        detail = _("A sheet may have %(most)s columns at most, and each cell has to say where it stands.") % {
            "most": _MAX_COLUMNS
        }
        raise _refusal("too_many_cells", detail)


def _no_workbook() -> InvalidInput:
    return _refusal("malformed_workbook", _("This is no XLSX workbook, or it has a password. Save it as XLSX, or CSV."))


def _refusal(code: str, detail: str) -> InvalidInput:
    return InvalidInput(_("The file is not valid. Nothing was stored."), errors=[FieldError("", code, detail)])
