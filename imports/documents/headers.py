"""The first row of a table: which column a cell belongs to."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from config.common.problems import FieldError
from imports.documents.codes import Code
from imports.documents.errors import InvalidDocument
from imports.documents.words import column_names, folded
from imports.fields import FIELDS

_SHOWN_CHARACTERS = 40


class Header(NamedTuple):
    """The position of each field that has a column, in the order of the fields; `width` is how many columns have a
    name; `labels` are what errors call the fields: by their own names, and by the file's where these are others."""

    places: Mapping[str, int]
    width: int
    labels: Mapping[str, str]


def known_names(cells: Sequence[object]) -> int:
    """How many of the cells are names of columns."""
    return sum(folded(str(cell)) in column_names() for cell in cells)


def read_header(cells: Sequence[object], *, place: str) -> Header:
    """What the row at `place`, as `line 1`, says. Raises `InvalidDocument` that names each column that is unknown,
    repeated or missing."""
    names = [str(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    fields = [column_names().get(folded(name)) for name in names]
    if not any(fields):
        # They may be somebody's name and address: none is repeated.
        raise InvalidDocument([FieldError(place, Code.NO_HEADER.value, f"Columns are expected: {', '.join(FIELDS)}.")])
    if wrong := [*_unknown(names, fields, place), *_repeated(names, fields, place), *_missing(fields, place)]:
        raise InvalidDocument(wrong)
    places = {name: fields.index(name) for name in FIELDS if name in fields}
    return Header(places, len(names), {name: _label(name, names[index]) for name, index in places.items()})


def _unknown(names: list[str], fields: list[str | None], place: str) -> list[FieldError]:
    called = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    pairs = zip(called, fields, strict=True)
    return [_error(place, name, Code.UNKNOWN_COLUMN, "There is no such column.") for name, field in pairs if not field]


def _repeated(names: list[str], fields: list[str | None], place: str) -> list[FieldError]:
    detail = "This column stands there more than once."
    again = [name for i, name in enumerate(names) if fields[i] and fields[i] in fields[:i]]
    return [_error(place, name, Code.REPEATED_COLUMN, detail) for name in again]


def _missing(fields: list[str | None], place: str) -> list[FieldError]:
    # An empty list of relatives need not be written, though a document has to.
    needed = [name for name, field in FIELDS.items() if field.is_required and name != "relatives"]
    absent = [name for name in needed if name not in fields]
    return [_error(place, name, Code.MISSING_COLUMN, "This column is missing.") for name in absent]


def _error(place: str, name: str, code: Code, detail: str) -> FieldError:
    shown = name[:_SHOWN_CHARACTERS].encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
    return FieldError(place, code.value, f"{shown}: {detail}")


def _label(field: str, name: str) -> str:
    return field if folded(name) == folded(field) else f"{field} ({name[:_SHOWN_CHARACTERS]})"
