"""The wrong rows of a delivery that failed, to be seen, taken away and mended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.contrib.auth.models import User

from config.common.problems import Conflict, Gone, InvalidInput, TooLarge
from config.common.tabular.wrong_rows import (
    SHOWN_REASONS,
    SHOWN_ROWS,
    header_of,
    row_on_page,
    shown,
    with_reasons,
)
from config.common.texts import gettext as _
from config.common.texts import labelled, said, stored
from imports.documents.error_positions import position_of
from imports.documents.stream import Reader
from imports.models import Import
from imports.services.access import NoSuchDelivery
from imports.services.loading.examine_rows import Examination, WrongRow, examine_rows, reader_of, wrong_rows


@dataclass(frozen=True, slots=True)
class WrongTable:
    """The wrong rows as a table to mend, with as many `rows` as the delivery has wrong ones."""

    header: Sequence[str]
    rows: Iterator[list[str]]


def summary_of(found: Import) -> dict[str, Any] | None:
    """What a page says of the wrong rows, as JSON for `spoken`: `rows` and `wrong` count them; `columns` are names,
    `reasons` pairs of a sentence and how often it is said; `shown` are the first wrong rows, each `{"place", "cells",
    "marked", "why"}` with positions of cells. None where it is not single rows that are wrong. It holds personal
    data."""
    try:
        examined = examine_rows(found)
        reader = reader_of(found, letters=examined.letters)
        first = [shown_row(row, reader) for row in islice(wrong_rows(reader, examined), SHOWN_ROWS)]
    except (InvalidInput, TooLarge):
        return None
    counted = examined.reasons.most_common(SHOWN_REASONS)
    reasons = [[stored(labelled(field, text)), count] for (field, text), count in counted]
    summary = {"rows": examined.rows, "wrong": examined.wrong, "columns": list(map(shown, reader.columns))}
    return summary | {"reasons": reasons, "shown": first}


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
    cells = ((row.cells, _why(row)) for row in chain(first, rows))
    return WrongTable(header_of(reader.columns), with_reasons(reader.columns, cells))


def _why(row: WrongRow) -> str:
    return f"{said(position_of(row.pointer)).capitalize()}. {' '.join(map(said, _sentences(row)))}"


def _sentences(row: WrongRow) -> list[str]:
    return [labelled(fault.field, fault.text) for fault in row.faults]


def shown_row(row: WrongRow, reader: Reader[Any]) -> Any:
    """A row for a page: its place in words, its cells, the positions of those that are marked, and why."""
    marked = {reader.places[fault.field] for fault in row.faults if fault.field in reader.places}
    place, width = position_of(row.pointer), len(reader.columns)
    return row_on_page(place=place, cells=row.cells, width=width, marked=marked, why=_sentences(row))
