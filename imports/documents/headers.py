"""The first row of a table: which column a cell belongs to."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from config.common.problems import FieldError
from config.common.tabular.wrong_rows import is_why, printable
from config.common.texts import gettext as _
from config.common.texts import labelled
from imports.documents.codes import Code
from imports.documents.errors import InvalidDocument
from imports.documents.words import column_names, folded
from imports.fields import FIELDS

_SHOWN_CHARACTERS = 40


class Header(NamedTuple):
    """The position of each field that has a column, in the order of the fields; `width` is how many columns have a
    name; `labels` are what errors call the fields: by their own names, and by the file's where these are others;
    `names` are those of all columns."""

    places: Mapping[str, int]
    width: int
    labels: Mapping[str, str]
    names: Sequence[str]


def known_names(cells: Sequence[object]) -> int:
    """How many of the cells are names of columns."""
    return sum(folded(str(cell)) in column_names() for cell in cells)


def names_in(cells: Sequence[object]) -> list[str]:
    """The names of the columns; empty cells at the end are none."""
    names = [printable(str(cell)).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def guessed_columns(names: Sequence[str]) -> list[str]:
    """The field of each column by its name, each field once; an empty text where there is none."""
    fields = [_field_of(name) or "" for name in names]
    return [field if field not in fields[:place] else "" for place, field in enumerate(fields)]


def read_header(cells: Sequence[object], *, place: str, columns: Sequence[str] = ()) -> Header:
    """What the row at `place`, as `line 1`, says, or what `columns` say of it as `TableOptions` has them. Raises
    `InvalidDocument` that names each column that is unknown, repeated or missing."""
    names = names_in(cells)
    fields: list[str | None] = list(columns) or [_field_of(name) for name in names]
    # A column without a name may be one that somebody chose.
    names += [""] * (len(fields) - len(names))
    fields += [""] * (len(names) - len(fields))
    if not any(fields):
        # They may be somebody's name and address: none is repeated.
        expected = _("Columns are expected: %(names)s.") % {"names": ", ".join(FIELDS)}
        raise InvalidDocument([FieldError(place, Code.NO_HEADER.value, expected)])
    if wrong := [*_unknown(names, fields, place), *_repeated(names, fields, place), *_missing(fields, place)]:
        raise InvalidDocument(wrong)
    places = {name: fields.index(name) for name in FIELDS if name in fields}
    # A name is no number: this is somebody, who would be left out, and shown in errors. A workbook has 17.0.
    if columns and names[places["citizen_id"]].removesuffix(".0").isdigit():
        detail = _("This row is a resident: put a row with the names of the columns before it.")
        raise InvalidDocument([FieldError(place, Code.NO_HEADER.value, detail)])
    return Header(places, len(names), {name: _label(name, names[index]) for name, index in places.items()}, names)


def required_columns() -> list[str]:
    """The fields that must have a column."""
    # An empty list of relatives need not be written, though a document has to.
    return [name for name, field in FIELDS.items() if field.is_required and name != "relatives"]


def _field_of(name: str) -> str | None:
    return "" if is_why(name) else column_names().get(folded(name))


def _unknown(names: list[str], fields: list[str | None], place: str) -> list[FieldError]:
    called = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    pairs = zip(called, fields, strict=True)
    detail = _("There is no such column.")
    return [_error(place, name, Code.UNKNOWN_COLUMN, detail) for name, field in pairs if field is None]


def _repeated(names: list[str], fields: list[str | None], place: str) -> list[FieldError]:
    detail = _("This column stands there more than once.")
    again = [name for i, name in enumerate(names) if fields[i] and fields[i] in fields[:i]]
    return [_error(place, name, Code.REPEATED_COLUMN, detail) for name in again]


def _missing(fields: list[str | None], place: str) -> list[FieldError]:
    absent = [name for name in required_columns() if name not in fields]
    return [_error(place, name, Code.MISSING_COLUMN, _("This column is missing.")) for name in absent]


def _error(place: str, name: str, code: Code, detail: str) -> FieldError:
    shown = name[:_SHOWN_CHARACTERS].encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
    return FieldError(place, code.value, labelled(shown, detail))


def _label(field: str, name: str) -> str:
    return field if folded(name) == folded(field) else f"{field} ({name[:_SHOWN_CHARACTERS]})"
