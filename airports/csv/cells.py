"""From a cell to its value as a text, an empty one for null."""

import re
from collections.abc import Callable

from airports.fields import FIELDS, Field, InvalidValue

NULL = r"\N"
# The columns whose values repeat: each text is looked at once.
_REPEATED = frozenset({"country", "timezone", "dst", "tz", "type", "source"})
_MEMORY = 5_000
# What a spreadsheet would run; exports lead it with an apostrophe, which is taken off again.
_GUARDED = re.compile("'+[=+@\t\r-]")
# What makes a writer of CSV put quotes around a cell, inside which a backslash escapes.
_QUOTED = re.compile(r'[,"\r\n]')

Parser = Callable[[str], str]


class Memory(dict[str, str]):
    """Remembers what `parse` gave for a cell, for some thousand different cells at a time."""

    def __init__(self, parse: Parser) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, cell: str) -> str:
        if len(self) >= _MEMORY:
            self.clear()
        text = self[cell] = self._parse(cell)
        return text


def parser(name: str) -> Parser:
    """What reads a cell of the column `name` by the rule of its field. Raises `InvalidValue`."""
    field = FIELDS[name]
    parse = _text_parser(field) if field.is_text else _number_parser(field)
    return Memory(parse).__getitem__ if name in _REPEATED else parse


def _text_parser(field: Field) -> Parser:
    read, absent = field.parse_text, _absent(field)

    def parse(cell: str) -> str:
        # Most cells have neither, and a closer look costs as much as the rest.
        value = read(_plain(cell) if "\\" in cell or "'" in cell else cell)
        return absent() if value is None else str(value)

    return parse


def _number_parser(field: Field) -> Parser:
    read, absent = field.parse_text, _absent(field)

    def parse(cell: str) -> str:
        value = None if "\\" in cell and cell.strip() == NULL else read(cell)
        return absent() if value is None else str(value)

    return parse


def _absent(field: Field) -> Callable[[], str]:
    """What stands for a missing value, where one may be missing."""

    def absent() -> str:
        if field.required:
            raise InvalidValue("required", "A value is expected.")
        return ""

    return absent


def _plain(cell: str) -> str:
    """`cell` without a null's sign or an apostrophe that guards it."""
    cell = cell.strip()
    if cell == NULL:
        return ""
    return cell[1:] if _GUARDED.match(cell) else cell


def written(text: str) -> str:
    """`text` as a cell for an export, before its own guard and quotes, so that reading the cell gives `text` again."""
    if _GUARDED.match(text):
        text = f"'{text}"
    return text.replace("\\", r"\\") if "\\" in text and _QUOTED.search(text) else text
