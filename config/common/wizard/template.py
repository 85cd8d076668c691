"""Tables to fill in, as downloads."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from config.common.http.tables import XLSX, csv_response, marked
from config.common.tabular.templates import write_template


def template_response(
    format: str, *, title: str, header: Sequence[str], examples: Sequence[Sequence[Any]], **explained: Iterable[Any]
) -> HttpResponseBase:
    """The download as `csv`, which Excel opens as it is, or else as a workbook with a sheet that explains it;
    `explained` as `write_template` has it."""
    name = f"{title.lower()}-template"
    if format == "csv":
        answer = csv_response(name=name, header=header, rows=examples)
        marked(answer)
        return answer
    file = io.BytesIO()
    write_template(file, title=title, header=header, examples=examples, **explained)
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return HttpResponse(file.getvalue(), content_type=XLSX, headers=headers)
