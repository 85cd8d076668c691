"""Tables to try: as CSV and as workbooks."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook

from imports.documents.csv_table import CsvReader
from imports.documents.options import TableOptions
from imports.documents.stream import Outline
from imports.documents.table import TableReader
from imports.documents.workbook_table import WorkbookReader
from imports.fields import NAMES
from tests.imports.documents.builders import RULES, citizen
from tests.imports.spots import spots

Cells = Iterable[Sequence[Any]]


def rows_of(*people: dict[str, Any]) -> list[list[Any]]:
    """The header of all fields and a row each, as an export has them."""
    rows = [[_cell(one.get(name, "")) for name in NAMES] for one in people]
    return [list(NAMES), *rows]


def _cell(value: Any) -> Any:
    return " ".join(map(str, value)) if isinstance(value, list) else value


def csv_of(rows: Cells, *, delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    """The rows as text, quoted where it is needed."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator=end).writerows(rows)
    return file.getvalue().encode(encoding)


def xlsx_of(rows: Cells, *, title: str = "Hoja1", before: Sequence[str] = (), other: Cells = ()) -> bytes:
    """The rows as a workbook, on a sheet called `title` after empty ones called `before`; a last one has `other`."""
    book, file = Workbook(write_only=True), io.BytesIO()
    for name in before:
        book.create_sheet(name)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    if other:
        last = book.create_sheet("Other")
        for row in other:
            last.append(row)
    book.save(file)
    return file.getvalue()


def read(
    body: bytes, *, kind: type[TableReader] = CsvReader, size: int = 10_000, **options: str
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """What can be stored of each resident, and pointer and code of each error."""
    chunks = (body[start : start + size] for start in range(0, len(body), size))
    reader = kind(chunks, rules=RULES, options=TableOptions(**options))
    found = [{name: getattr(one, name) for name in NAMES} for batch in reader.sound() for one in batch]
    for number in reader.late_females:
        found[number - 1]["gender"] = "female"
    rest: list[Outline] = [outline for batch in reader.outlines() for outline in batch]
    assert reader.is_sound or rest or reader.errors.count
    return found, spots(reader.errors.errors)


def read_xlsx(rows: Cells, **options: Any) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """The same of a workbook with these rows."""
    return read(xlsx_of(rows), kind=WorkbookReader, **options)


def whole(citizen_id: Any = 1, **changes: Any) -> dict[str, Any]:
    """A valid resident with every field."""
    return {"friends": [], "channel": "unknown"} | citizen(citizen_id, **changes)
