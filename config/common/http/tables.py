"""CSV: whole lists, streamed, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse
from rest_framework.renderers import BaseRenderer

CSV = "text/csv"
_ROWS_IN_A_CHUNK = 500
# What a spreadsheet would run, where a cell begins with it.
_RUNNABLE = ("=", "+", "-", "@", "\t", "\r")


class CSVRenderer(BaseRenderer):
    """Names CSV in content negotiation. Views stream it by `csv_response`."""

    media_type = CSV
    format = "csv"
    charset = "utf-8"


class _Line:
    """A file for `csv.writer` that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def csv_response(*, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download `name`.csv with a header row."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(csv_lines(header, rows), content_type=f"{CSV}; charset=utf-8", headers=headers)


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV text (RFC 4180), some hundred rows at a time."""
    write = csv.writer(_Line()).writerow
    chunk = [write(header)]
    for row in rows:
        chunk.append(write([cell(value) for value in row]))
        if len(chunk) >= _ROWS_IN_A_CHUNK:
            yield "".join(chunk)
            chunk.clear()
    yield "".join(chunk)


def cell(value: Any) -> Any:
    """`value` as a cell: text that a spreadsheet would run is led by an apostrophe; numbers stay as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_RUNNABLE) else value
