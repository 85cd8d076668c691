"""Rows of CSV or of a workbook, read as somebody said: what its columns are, and whether the first row names them."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from airports.csv.layout import ID, Layout, fits, is_header, row_layout, without_blank_end
from airports.csv.lines import CHUNK, ByteStream
from airports.csv.records import Record, Records
from airports.fields import NAMES
from config.common.tabular.guards import unguarded
from config.common.tabular.read_workbook import MAGIC, cell_text, sheet_rows
from config.common.tabular.wrong_rows import is_why, shown

_NUMBER = re.compile(r"\s*[+-]?[0-9]+([.,][0-9]+)?\s*")
_LONGEST_MAGIC = max(map(len, MAGIC))


class Reading(NamedTuple):
    """The fields of the columns in their order, an empty text for one that is not used; nothing is said by none."""

    columns: Sequence[str] = ()
    has_header: bool = True

    @property
    def layout(self) -> Layout:
        """The same as a layout."""
        return tuple(name or None for name in self.columns)


class Head(NamedTuple):
    """The names of the columns, empty texts where the first row names none, and the cells of the first rows."""

    names: list[str]
    rows: list[list[str]]
    has_header: bool
    is_workbook: bool
    delimiter: str


class WorkbookRecords:
    """The rows of a workbook's first sheet as `Records` has those of a text."""

    # Whoever types a comma into a cell means the decimals.
    delimiter = ";"

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[Record]:
        for number, row in enumerate(sheet_rows(self._content), start=1):
            yield Record(number, [_as_in_csv(cell_text(cell)) for cell in row])


def _as_in_csv(text: str) -> str:
    # What guards a cell of CSV is part of the text in a workbook.
    return text if unguarded(text) == text else f"'{text}"


class _Begun:
    """A stream of which the beginning was read."""

    def __init__(self, start: bytes, rest: ByteStream) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        start, self._start = self._start[:size], self._start[size:]
        return start or self._rest.read(size)


def records_of(stream: ByteStream) -> Records | WorkbookRecords:
    """The rows of a file, whichever of the two it is. Raises `InvalidInput` for what is neither."""
    start = b""
    while len(start) < _LONGEST_MAGIC and (piece := stream.read(_LONGEST_MAGIC - len(start))):
        start += piece
    begun = _Begun(start, stream)
    if not start.startswith(MAGIC):
        return Records(begun, fits)
    return WorkbookRecords(b"".join(iter(lambda: begun.read(CHUNK), b"")))


class FirstRows(NamedTuple):
    """The cells of the first rows of a file, whatever they are, for a page and for jsonb."""

    rows: list[list[str]]
    is_workbook: bool
    delimiter: str

    def head(self, *, has_header: bool | None = None) -> Head:
        """What they are; whether the first one names the columns is guessed unless it is said: names are no numbers."""
        first = self.rows[0] if self.rows else []
        if has_header is None:
            has_header = bool(first) and (is_header(first) or not any(map(_NUMBER.fullmatch, first)))
        # A delimiter may end each row.
        names = [cell.strip() for cell in without_blank_end(first, 0)] if has_header else [""] * len(first)
        return Head(names, self.rows[has_header:], has_header, self.is_workbook, self.delimiter)


def first_rows(stream: ByteStream, *, count: int) -> FirstRows:
    """Up to `count` rows. Raises as `records_of`."""
    records = records_of(stream)
    filled = (record for record in records if record.fault is None and any(map(str.strip, record.cells)))
    rows = [[shown(unguarded(cell)) for cell in record.cells] for record in islice(filled, count)]
    return FirstRows(rows, isinstance(records, WorkbookRecords), records.delimiter)


def guessed_columns(head: Head) -> list[str]:
    """The field of each column, by its name, or by the layout of OpenFlights; an empty text where there is none."""
    if not head.has_header:
        first = head.rows[0] if head.rows else []
        layout = row_layout(first) or ()
        return [name or "" for name in layout][: len(first)] + [""] * (len(first) - len(layout))
    known = [name.strip().lower() for name in head.names]
    fields = [name if name in NAMES and not is_why(name) else "" for name in known]
    return [name if name not in fields[:place] else "" for place, name in enumerate(fields)]


def columns_of(head: Head) -> list[str]:
    """What the columns are called in a table of rows to mend: by their names, or by what they are in OpenFlights."""
    if head.has_header:
        return head.names
    return [name or (ID if not place else "") for place, name in enumerate(guessed_columns(head))]
