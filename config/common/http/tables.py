"""Whole lists as tables: CSV, streamed, safe to open in a spreadsheet, and Excel workbooks."""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.renderers import BaseRenderer

from config.common.tabular.guards import SUSPECT, guarded
from config.common.tabular.workbook import Sheet, write_sheets, write_workbook

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROWS_IN_A_CHUNK = 500


class CSVRenderer(BaseRenderer):
    """Names CSV in content negotiation. Views stream it by `csv_response` or `table_response`."""

    media_type = CSV
    format = "csv"
    charset = "utf-8"


class XLSXRenderer(BaseRenderer):
    """Names workbooks in content negotiation. Views write them by `table_response`."""

    media_type = XLSX
    format = "xlsx"
    charset = None


# What `table_response` writes: the representations, and their formats.
TABLES = (CSVRenderer, XLSXRenderer)
TABLE_FORMATS = frozenset(table.format for table in TABLES)


def csv_response(*, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download `name`.csv with a header row."""
    return csv_download(name=name, pieces=csv_lines(header, rows))


def csv_download(*, name: str, pieces: Iterable[str] | Iterable[bytes]) -> StreamingHttpResponse:
    """A download `name`.csv of what is CSV already."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(pieces, content_type=f"{CSV}; charset=utf-8", headers=headers)


def xlsx_response(*, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """A download `name`.xlsx. Raises `TooLarge` for more rows than a workbook may have."""

    def write(file: IO[bytes]) -> None:
        write_workbook(file, title=name, header=header, rows=rows)

    return file_response(write, name=f"{name}.xlsx", content_type=XLSX)


def sheets_response(format: str, *, name: str, sheets: Sequence[Sheet]) -> StreamingHttpResponse:
    """The download of several tables: a workbook with a sheet for each; as CSV one table, whose first column `sheet`
    says of which each row is, and which has the columns of all."""
    if format == XLSXRenderer.format:
        return file_response(lambda file: write_sheets(file, sheets), name=f"{name}.xlsx", content_type=XLSX)
    columns = list(dict.fromkeys(chain.from_iterable(sheet.header for sheet in sheets)))
    rows = (
        [sheet.title, *map(dict(zip(sheet.header, row, strict=True)).get, columns)]
        for sheet in sheets
        for row in sheet.rows
    )
    return csv_response(name=name, header=["sheet", *columns], rows=rows)


def file_response(write: Callable[[IO[bytes]], None], *, name: str, content_type: str) -> FileResponse:
    """A download of what `write` writes, to the disk first. Raises what it raises."""
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def table_response(
    format: str, *, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """The download as `csv` or as `xlsx`."""
    make = xlsx_response if format == XLSXRenderer.format else csv_response
    return make(name=name, header=header, rows=rows)


def marked(response: HttpResponseBase) -> None:
    """Puts a byte order mark before a streamed CSV: without it Excel takes the text for one in a code page."""
    if isinstance(response, StreamingHttpResponse) and response.headers["Content-Type"].startswith(CSV):
        # Django's type also allows what an asynchronous view would stream.
        pieces: Iterable[bytes] = response.streaming_content  # type: ignore[assignment]
        response.streaming_content = chain([codecs.BOM_UTF8], pieces)


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV text (RFC 4180), some hundred rows at a time."""
    rest = iter(rows)
    chunk: Iterable[Sequence[Any]] = [header]
    while chunk:
        text = io.StringIO()
        csv.writer(text).writerows([[cell(value) for value in row] for row in chunk])
        yield text.getvalue()
        chunk = list(islice(rest, _ROWS_IN_A_CHUNK))


def cell(value: Any) -> Any:
    """`value` as a cell: text that a spreadsheet would run is led by an apostrophe; numbers stay as they are."""
    return guarded(value) if isinstance(value, str) and value[:1] in SUSPECT else value
