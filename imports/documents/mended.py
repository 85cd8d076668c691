"""Residents who are wrong, as somebody corrected them: texts in the cells of their fields."""

from collections.abc import Collection, Mapping
from typing import Any

from config.common.tabular.wrong_rows import printable
from imports.documents import cells
from imports.documents.checks import field_checks
from imports.documents.errors import ErrorCollector
from imports.documents.exhaustive import check_citizen
from imports.documents.genders import Genders
from imports.documents.judge import Fault
from imports.documents.rules import Rules
from imports.documents.stream import Original, Reader
from imports.fields import FIELDS, Kind

# With all three an M alone means nothing: nobody knows whose it is.
_NO_LETTERS = "fhm"


def texts_of(reader: Reader[Any], original: Original) -> dict[str, str]:
    """What stands in the cell of each field; nothing where the resident cannot be read."""
    if not reader.values(original):
        return {}
    row = reader.cells(original)
    return {name: row[place] if place < len(row) else "" for name, place in reader.places.items()}


def mended(
    reader: Reader[Any], original: Original, typed: Mapping[str, str], *, marked: Collection[str]
) -> dict[str, Any]:
    """What the resident says of each field, as JSON would have it, right or wrong.

    A cell that nobody typed over is what was delivered; but one that is `marked` is read as if it had been typed: the
    text `12` was no number, and is one in a cell. Where a page cannot show what stands there it stays, and stays wrong.
    """
    whole, before, values = reader.values(original), texts_of(reader, original), dict[str, Any]()
    genders = Genders(reader.letters or _NO_LETTERS)
    for name in FIELDS:
        text, old = typed.get(name, ""), before.get(name, "")
        if whole and _one_line(text) == _one_line(printable(old)):
            if name not in marked:
                values |= {name: whole[name]} if name in whole else {}
                continue
            text = old
        value = _value_of(name, text, genders)
        values |= {} if value is None else {name: value}
    return values


def faults_of(value: dict[str, Any], rules: Rules) -> list[Fault]:
    """All that is wrong with a resident by themselves."""
    errors = ErrorCollector()
    check_citizen(value, "", field_checks(rules), errors)
    found = (Fault(error.pointer.split("/")[1], error.code, error.text) for error in errors.errors)
    return list(dict.fromkeys(found))


def _value_of(name: str, text: str, genders: Genders) -> object:
    kind = FIELDS[name].kind
    value = cells.value_of(kind, text)
    return genders.meaning(text) or value if kind is Kind.CHOICE else value


def _one_line(text: str) -> str:
    # A browser takes the ends of lines out of what stands in a field.
    return text.replace("\r", "").replace("\n", "")
