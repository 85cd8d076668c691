"""Airports as an Excel workbook, written row by row: memory does not grow with their number."""

from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from airports.fields import NAMES
from airports.querysets import AirportQuerySet
from airports.services.find_airports import stream_airports

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def airports_xlsx(rows: AirportQuerySet) -> FileResponse:
    """A download in the columns that an upload takes, codes and texts as text, numbers as numbers."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("airports")
    sheet.append(NAMES)
    for airport in stream_airports(rows):
        sheet.append([_cell(sheet, getattr(airport, name)) for name in NAMES])
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    workbook.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="airports.xlsx")


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # XML has no place for control characters.
    text = ILLEGAL_CHARACTERS_RE.sub(_REPLACEMENT, value)
    if not text.startswith("="):
        return text
    # The library would take it for a formula, and the spreadsheet would run it.
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
