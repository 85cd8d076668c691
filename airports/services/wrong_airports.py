"""The wrong rows of a kept file of airports, to be seen and taken away."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any, NamedTuple

from airports.csv.reading import Head, Reading, columns_of, records_of
from airports.csv.rejections import AllRejections, Rejection
from config.common.tabular.guards import unguarded
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


class WrongRow(NamedTuple):
    """The line where it begins, its cells, and what is wrong with it."""

    line: int
    cells: list[str]
    rejections: list[Rejection]


def wrong_rows(file: IO[bytes], rejections: AllRejections) -> Iterator[WrongRow]:
    """Reads the rejected rows of a file again, in their order."""
    file.seek(0)
    for record in records_of(file):
        if found := rejections.by_line.get(record.line):
            yield WrongRow(record.line, list(map(unguarded, record.cells)), found)


def wrong_table(file: IO[bytes], rejections: AllRejections, head: Head) -> tuple[list[str], Iterator[list[str]]]:
    """The header and the rows of a table of them with the reasons."""
    columns = columns_of(head)
    rows = ((row.cells, _why(row, head)) for row in wrong_rows(file, rejections))
    return header_of(columns), with_reasons(columns, rows)


def summary_of(file: IO[bytes], rejections: AllRejections, reading: Reading, head: Head) -> dict[str, Any]:
    """What a page says of them, as JSON for `spoken`: `wrong` counts the rows, `columns` are names, `reasons` pairs of
    a sentence and how often it is said, `shown` are the first, each `{"place", "cells", "marked", "why"}`."""
    every = (_reason(one) for some in rejections.by_line.values() for one in some)
    reasons = [[stored(reason), count] for reason, count in Counter(every).most_common(SHOWN_REASONS)]
    first = [_shown(row, head, reading) for row in islice(wrong_rows(file, rejections), SHOWN_ROWS)]
    columns = list(map(shown, columns_of(head)))
    return {"wrong": len(rejections.by_line), "columns": columns, "reasons": reasons, "shown": first}


def _shown(row: WrongRow, head: Head, reading: Reading) -> Any:
    places = {name: place for place, name in enumerate(reading.columns)}
    marked = {places[one.column] for one in row.rejections if one.column in places}
    why = map(_sentence, row.rejections)
    found = row_on_page(cells=row.cells, width=len(head.names), marked=marked, why=why)
    return found | {"place": stored(_place(row, head))}


def _why(row: WrongRow, head: Head) -> str:
    return f"{said(_place(row, head))}. {' '.join(said(_sentence(one)) for one in row.rejections)}"


def _place(row: WrongRow, head: Head) -> str:
    return (_("Row %(number)s") if head.is_workbook else _("Line %(number)s")) % {"number": str(row.line)}


def _sentence(one: Rejection) -> str:
    return labelled(one.column, one.text)


def _reason(one: Rejection) -> str:
    if one.code != "duplicate_in_file":
        return _sentence(one)
    # Which line was first is another one each time.
    return labelled(one.column or _("airport"), _("another line has it already."))
