"""From a cell to its value as a text, an empty one for null."""

import re
from collections.abc import Callable

from airports.fields import FIELDS, Field, InvalidValue
from config.common.tabular.delimiters import COMMA
from config.common.tabular.guards import unguarded
from config.common.texts import gettext as _

NULL = r"\N"
# The columns whose values repeat: each text is looked at once.
_REPEATED = frozenset({"country", "timezone", "dst", "tz", "type", "source"})
_MEMORY = 5_000
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


def parser(name: str, *, delimiter: str = COMMA) -> Parser:
    """What reads a cell of the column `name` by the rule of its field. Raises `InvalidValue`.

    Where commas do not stand between the cells, one may stand before the decimals.
    """
    field = FIELDS[name]
    parse = _text_parser(field) if field.is_text else _number_parser(field, delimiter)
    return Memory(parse).__getitem__ if name in _REPEATED else parse


def _text_parser(field: Field) -> Parser:
    read, absent = field.parse_text, _absent(field)

    def parse(cell: str) -> str:
        # Most cells have neither, and a closer look costs as much as the rest.
        value = read(_plain(cell) if "\\" in cell or "'" in cell else cell)
        return absent() if value is None else str(value)

    return parse


def _number_parser(field: Field, delimiter: str) -> Parser:
    read, absent = field.parse_text, _absent(field)

    def parse(cell: str) -> str:
        if delimiter != COMMA and "." not in cell:
            cell = cell.replace(",", ".")
        value = None if "\\" in cell and cell.strip() == NULL else read(cell)
        return absent() if value is None else str(value)

    return parse


def _absent(field: Field) -> Callable[[], str]:
    """What stands for a missing value, where one may be missing."""

    def absent() -> str:
        if field.required:
            raise InvalidValue("required", _("A value is expected."))
        return ""

    return absent


def _plain(cell: str) -> str:
    """`cell` without a null's sign or an apostrophe that guards it."""
    cell = cell.strip()
    return "" if cell == NULL else unguarded(cell)


def written(text: str) -> str:
    """`text` as a cell for an export, before its own guard and quotes, so that reading the cell gives `text` again."""
    return text.replace("\\", r"\\") if "\\" in text and _QUOTED.search(text) else text
