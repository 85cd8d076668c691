"""From the cells of a table to the values of a delivery."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import repeat

from config.common.tabular.read_workbook import EXACT
from imports.dates import format_birth_date
from imports.documents.json_text import parse_integer
from imports.fields import Kind

_INTEGER = re.compile(r"-?[0-9]+")
_IDS = re.compile(r"[0-9 ,;]*")
_BLANKS_AND_DIGITS = re.compile(r"[0-9 ]*")
_BETWEEN_IDS = re.compile(r"[\s,;]+")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SEPARATORS = str.maketrans(",;", "  ")


def is_blank(cell: object) -> bool:
    """Whether nothing stands in it."""
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))


def plain(kind: Kind, cell: object) -> object:
    """The text that a cell of a workbook would be in a CSV; the cell itself where its field cannot have such a one."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if int(cell) == cell:
            return str(int(cell)) if abs(cell) < EXACT else cell
        return repr(cell) if kind is Kind.TEXT else cell
    if kind is Kind.DATE and isinstance(cell, date):
        is_day = not isinstance(cell, datetime) or cell.time() == time()
        return format_birth_date(cell) if is_day else cell
    return "" if cell is None else cell


def value_of(kind: Kind, text: str) -> object:
    """What `text` writes, as JSON would have it; None for nothing. What cannot be read stays a text."""
    if kind is Kind.TEXT:
        return text or None
    text = text.strip()
    if kind is Kind.IDS:
        return [_integer(part) for part in _BETWEEN_IDS.split(text) if part]
    if not text:
        return None
    return _integer(text) if kind is Kind.INTEGER else written_date(text) if kind is Kind.DATE else text


def _integer(text: str) -> object:
    return parse_integer(text) if _INTEGER.fullmatch(text) else text


def written_date(text: str) -> str:
    """`1986-12-26` as `26.12.1986`; any other text as it is."""
    iso = _ISO.fullmatch(text)
    return ".".join(reversed(iso.groups())) if iso else text


def integers(column: Sequence[str]) -> list[int]:
    """A whole column. Raises `ValueError` where one needs a closer look."""
    digits = "".join(column)
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(column)
    return list(map(int, column))


def lists(column: Sequence[str]) -> list[list[int]]:
    """A whole column of ids. Raises `ValueError` where one needs a closer look."""
    together = "".join(column)
    if not _IDS.fullmatch(together):
        raise ValueError(column)
    if not _BLANKS_AND_DIGITS.fullmatch(together):
        column = [ids.translate(_SEPARATORS) for ids in column]
    return [list(map(int, ids.split())) if ids else [] for ids in column]


def dates(column: Sequence[str]) -> Sequence[str]:
    """A whole column; what is no date stays as it is."""
    return list(map(written_date, column)) if "-" in "".join(column) else column


def as_texts(kind: Kind, column: Sequence[object]) -> Sequence[str]:
    """A whole column of a workbook. Raises `ValueError` where one needs a closer look."""
    texts = list(map(plain, repeat(kind), column))
    if not all(type(text) is str for text in texts):
        raise ValueError(column)
    return texts  # type: ignore[return-value]  # the line before has looked
