"""A delivery that failed for single rows, the table of these, and what becomes of it."""

import io
from collections.abc import Callable
from typing import Any

from config.common.tabular.workbook import write_workbook
from imports.documents.formats import CSV, JSON, NDJSON, XLSX
from imports.models import Import
from imports.services.loading.correct_rows import correct_rows
from imports.services.loading.load_received import load_received
from imports.services.loading.steer_delivery import load_good_rows
from imports.services.loading.wrong_rows import wrong_table
from tests.imports.admin.people import somebody
from tests.imports.documents.tables import csv_of, rows_of, xlsx_of
from tests.imports.world import body_of, lines_of, received, stored

People = list[dict[str, Any]]
FORMATS: dict[str, Callable[[People], bytes]] = {
    JSON.media_type: body_of,
    NDJSON.media_type: lines_of,
    CSV.media_type: lambda some: csv_of(rows_of(*some)),
    XLSX.media_type: lambda some: xlsx_of(rows_of(*some)),
}


def failed(body: bytes, **values: Any) -> Import:
    import_id = received(body, **values)
    assert load_received(import_id=import_id) == "failed"
    return Import.objects.get(pk=import_id)


def table_of(found: Import) -> list[list[str]]:
    table = wrong_table(import_id=found.pk, actor=manager())
    return [list(table.header), *table.rows]


def manager() -> Any:
    return somebody("Managers", "manager")


def counts_of(found: Import) -> list[int]:
    """All rows, the wrong ones, and those that are shown."""
    summary = found.wrong_rows or {"rows": 0, "wrong": 0, "shown": []}
    return [summary["rows"], summary["wrong"], len(summary["shown"])]


def ids(found: Import) -> list[str]:
    return [row[0] for row in table_of(found)[1:]]


def workbook(table: list[list[str]]) -> bytes:
    file = io.BytesIO()
    write_workbook(file, title="rows", header=table[0], rows=table[1:])
    return file.getvalue()


def corrected(found: Import, table: list[list[str]]) -> tuple[str, Import]:
    """What became of a delivery with these corrected rows."""
    made = correct_rows(import_id=found.pk, content=workbook(table), name="rows.xlsx", actor=manager()).delivery
    return load_received(import_id=made.pk), Import.objects.get(pk=made.pk)


def loaded_without(found: Import) -> tuple[dict[int, dict[str, Any]], int | None]:
    load_good_rows(import_id=found.pk, actor=manager())
    assert load_received(import_id=found.pk) == "complete"
    return stored(found.pk), Import.objects.get(pk=found.pk).left_out
