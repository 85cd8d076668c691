"""Tables as Excel workbooks, written a row at a time: memory does not grow with them."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from config.common.problems import TooLarge
from config.common.texts import gettext as _

MAX_ROWS = 200_000
# A spreadsheet keeps 15 digits of a number; longer ones are texts.
_EXACT = 10**15
_ROWS_AT_ONCE = 500
# What XML has no place for, and a carriage return, which it would make a line feed; and what looks like an escape.
_ESCAPED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=xFFF[EF]_)|_(?=x[0-9A-Fa-f]{4}_)")
# Readers leave the escapes of what is no character as they are.
_LEFT = re.compile(r"_x(005F_x)?(FFF[EF])_")
_EMPTY = re.compile(rb"<sheetData ?/>|<sheetData></sheetData>")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, at most 31 characters without any of `\\/?*[]:`, its header and its rows."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]


def write_workbook(file: IO[bytes], *, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes a workbook of one sheet. Raises `TooLarge` for more than `MAX_ROWS` rows."""
    write_sheets(file, [Sheet(title, header, rows)])


def write_sheets(file: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Writes a workbook, a row at a time: texts are texts, also those that look like formulas, and numbers are numbers.

    Raises `TooLarge` for more than `MAX_ROWS` rows in one. The library writes the parts around the sheets: 200,000 rows
    of its own would take it half a minute.
    """
    # It takes a third of the start of a command, few of which write a workbook.
    from openpyxl import Workbook

    parts = io.BytesIO()
    book = Workbook(write_only=True)
    for sheet in sheets:
        book.create_sheet(sheet.title)
    book.save(parts)
    # The library writes them in their order.
    rest = iter(sheets)
    with ZipFile(parts) as source, ZipFile(file, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            before, *after = _EMPTY.split(source.read(name))
            with target.open(name, "w") as part:
                part.write(before)
                if after:
                    part.write(b"<sheetData>")
                    part.writelines(_rows(next(rest)))
                    part.write(b"</sheetData>" + after[0])


def expect_rows(number: int) -> None:
    """Raises `TooLarge` where there are more rows than a workbook may have."""
    if number > MAX_ROWS:
        raise too_many_rows(MAX_ROWS)


def too_many_rows(most: int) -> TooLarge:
    """The refusal of a workbook with more than `most` rows."""
    return TooLarge(_("A workbook may have %(most)s rows at most; as CSV there may be any number.") % {"most": most})


def _rows(sheet: Sheet) -> Iterator[bytes]:
    from openpyxl.utils import get_column_letter

    letters = [get_column_letter(number) for number in range(1, len(sheet.header) + 1)]
    texts = [_row(1, letters, sheet.header)]
    for number, row in zip(count(2), sheet.rows, strict=False):
        expect_rows(number - 1)
        texts.append(_row(number, letters, row))
        if len(texts) >= _ROWS_AT_ONCE:
            yield "".join(texts).encode()
            texts.clear()
    yield "".join(texts).encode()


def _row(number: int, letters: Sequence[str], values: Sequence[Any]) -> str:
    cells = "".join(
        _cell(f"{letter}{number}", value)
        for letter, value in zip(letters, values, strict=True)
        if value is not None and value != ""
    )
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _EXACT:
        return f'<c r="{place}"><v>{value!r}</v></c>'
    text = escape(_ESCAPED.sub(_as_escape, str(value)), quote=False)
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _as_escape(found: re.Match[str]) -> str:
    escape = f"_x{ord(found.group()):04X}_"
    is_of_none = found.group() == "_" and _LEFT.match(found.string, found.start())
    return f"{escape}x005F_" if is_of_none else escape


def unescaped(text: str) -> str:
    """A cell as a reader of workbooks gives it, without the escapes that it left."""
    return _LEFT.sub(lambda left: f"_x{left[2]}_" if left[1] else chr(int(left[2], 16)), text)
