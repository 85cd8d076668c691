"""The wrong rows of a delivery that failed, to be seen, taken away and mended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.contrib.auth.models import User
from openpyxl.utils import get_column_letter

from config.common.problems import Conflict, Gone, InvalidInput, TooLarge
from config.common.tabular.wrong_rows import (
    SHOWN_REASONS,
    SHOWN_ROWS,
    header_of,
    printable,
    row_on_page,
    shown,
    with_reasons,
)
from config.common.texts import gettext as _
from config.common.texts import labelled, said, stored
from imports.documents.mended import texts_of
from imports.documents.stream import Reader
from imports.documents.table import TableReader
from imports.fields import FIELDS
from imports.models import Import
from imports.services.access import NoSuchDelivery
from imports.services.loading.error_positions import place_of
from imports.services.loading.examine_rows import Examination, WrongRow, examine_rows, reader_of, wrong_rows

# So many can be corrected in a page: a form of a browser holds no more.
GRID_ROWS = 500
_GRID_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class WrongTable:
    """The wrong rows as a table to mend, with as many `rows` as the delivery has wrong ones."""

    header: Sequence[str]
    rows: Iterator[list[str]]


def summary_of(found: Import) -> dict[str, Any] | None:
    """What a page says of the wrong rows, as JSON for `spoken`: `rows` and `wrong` count them; `columns` are names,
    `reasons` pairs of a sentence and how often it is said; `shown` are the first wrong rows, as `shown_row` has them,
    and `grid` those that `grid_of` has. None where it is not single rows that are wrong. It holds personal data."""
    try:
        examined = examine_rows(found)
        reader = reader_of(found, letters=examined.letters)
        rows = wrong_rows(reader, examined)
        first = list(islice(rows, GRID_ROWS if examined.wrong <= GRID_ROWS else SHOWN_ROWS))
    except (InvalidInput, TooLarge):
        return None
    grid = grid_of(first, reader) if 0 < examined.wrong <= GRID_ROWS else None
    counted = examined.reasons.most_common(SHOWN_REASONS)
    reasons = [[stored(labelled(field, text)), count] for (field, text), count in counted]
    summary = {"rows": examined.rows, "wrong": examined.wrong, "columns": list(map(shown, reader.columns))}
    summary |= {"reasons": reasons, "grid": grid}
    return summary | {"shown": [shown_row(row, reader) for row in first[:SHOWN_ROWS]]}


def mendable(*, import_id: int, actor: User) -> tuple[Import, Examination]:
    """The delivery that failed, or was loaded without them, with its wrong rows found anew.

    Raises `NotFound` where `actor` may not see its residents, `Conflict` unless single rows are wrong, `Gone` once the
    body is erased.
    """
    found = Import.objects.whose_citizens_are_open_to(actor).filter(pk=import_id).first()
    if found is None:
        raise NoSuchDelivery
    if not _has_wrong_rows(found):
        raise Conflict(_("This delivery has not failed."))
    if found.body_size is None:
        raise Gone(_("The raw body of this delivery was erased."))
    try:
        return found, examine_rows(found)
    except InvalidInput as refusal:
        raise Conflict(_("It is not single rows that are wrong with this delivery.")) from refusal


def is_mendable(found: Import) -> bool:
    """Whether there are wrong rows to give out."""
    return found.body_size is not None and _has_wrong_rows(found) and bool(found.wrong_rows or found.left_out)


def _has_wrong_rows(found: Import) -> bool:
    return found.status == Import.Status.FAILED or bool(found.left_out)


def wrong_table(*, import_id: int, actor: User) -> WrongTable:
    """All wrong rows in the columns of their file, and why. Raises as `mendable`, and `TooLarge`."""
    found, examined = mendable(import_id=import_id, actor=actor)
    reader = reader_of(found, letters=examined.letters)
    rows = wrong_rows(reader, examined)
    # The columns are known when the first row is read.
    first = list(islice(rows, 1))
    cells = ((row.cells, _why(row, reader)) for row in chain(first, rows))
    return WrongTable(header_of(reader.columns), with_reasons(reader.columns, cells))


def _why(row: WrongRow, reader: Reader[Any]) -> str:
    place = place_of(row.original.pointer, _id_of(row, reader))
    return f"{place.capitalize()}. {' '.join(map(said, _sentences(row, reader)))}"


def _sentences(row: WrongRow, reader: Reader[Any]) -> list[str]:
    pointer = row.original.pointer
    return [labelled(fault.field and label_of(fault.field, pointer, reader), fault.text) for fault in row.faults]


def _id_of(row: WrongRow, reader: Reader[Any]) -> str:
    return printable(texts_of(reader, row.original).get("citizen_id", ""))


def shown_row(row: WrongRow, reader: Reader[Any]) -> Any:
    """A row for a page: the pointer to it and the id that stands there, its cells, the positions of those that are
    marked, and why."""
    marked = {reader.places[fault.field] for fault in row.faults if fault.field in reader.places}
    found = row_on_page(cells=row.cells, width=len(reader.columns), marked=marked, why=_sentences(row, reader))
    return found | {"pointer": row.original.pointer, "id": shown(_id_of(row, reader))}


def placed(rows: list[Any]) -> list[Any]:
    """Rows of `shown_row` or of a grid, with the place of each in the words of the reader."""
    # What failed under the former release has its place in words already.
    return [row | {"place": place_of(row.get("pointer") or row["place"], row.get("id", ""))} for row in rows]


def grid_of(rows: Sequence[WrongRow], reader: Reader[Any]) -> Any:
    """All wrong rows to be corrected in a page, as JSON: `columns` are pairs of a field and what the file calls it, and
    `rows` have `number`, `pointer`, `id`, the text of each field, `why` as pairs of a field and a sentence, and what
    else stands there. None where there is too much in them for a form."""
    found = [_in_grid(row, reader) for row in rows]
    if sum(len(text) for row in found for text in row["texts"].values()) > _GRID_CHARACTERS:
        return None
    columns = [(name, shown(reader.columns[place])) for name, place in reader.places.items()]
    columns += [(name, "") for name in FIELDS if name not in reader.places]
    return {"columns": columns, "rows": found}


def _in_grid(row: WrongRow, reader: Reader[Any]) -> Any:
    texts = texts_of(reader, row.original)
    beyond = row.cells[len(reader.columns) :] if texts else row.cells
    return {
        "number": row.original.number,
        "pointer": row.original.pointer,
        "id": shown(printable(texts.get("citizen_id", ""))),
        "texts": {name: printable(text) for name, text in texts.items()},
        "why": [(shown(fault.field), stored(fault.text)) for fault in row.faults],
        "beyond": shown(" | ".join(cell for cell in beyond if cell.strip())),
    }


def label_of(field: str, pointer: str, reader: Reader[Any]) -> str:
    """What people call the cell of a field in the row at `pointer`: `town (Ciudad, B5)` in a workbook; where there are
    no rows and cells the field."""
    place = reader.places.get(field)
    if place is None or not isinstance(reader, TableReader):
        return field
    unit, _, number = pointer.partition(" ")
    cell = f"{get_column_letter(place + 1)}{number}" if unit == "row" else f"cell {place + 1}"
    name = reader.columns[place]
    return f"{field} ({cell})" if name == field else f"{field} ({name}, {cell})"
