"""What a kept file of airports would change, as CSV: a line for each value."""

import codecs
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.contrib.auth.models import User
from django.http import FileResponse
from django.utils.translation import gettext as _

from airports.admin.formatting import label
from airports.fields import NAMES
from airports.services.keep_upload import tell_differences
from config.common.http.tables import CSV, csv_lines, file_response

_HEADER = ("line", "airport", "name", "what", "field", "before", "after")


def what(row: dict[str, Any]) -> str:
    """What becomes of the airport, in words."""
    if row["is_new"]:
        return _("new")
    return _("changed") if row["line"] else _("loses its code")


def differences_csv(*, upload_id: int, actor: User) -> FileResponse:
    """A download. Raises what `tell_differences` raises: the tables that it is read from are gone when the transaction
    ends."""

    def write(file: IO[bytes]) -> None:
        # As every CSV that people take from the admin.
        file.write(codecs.BOM_UTF8)

        def tell(rows: Iterable[dict[str, Any]]) -> None:
            for text in csv_lines(_HEADER, _lines(rows)):
                file.write(text.encode())

        tell_differences(upload_id=upload_id, actor=actor, tell=tell)

    return file_response(write, name="airports-preview.csv", content_type=f"{CSV}; charset=utf-8")


def _lines(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        of_row = (row["line"], row["airport"], row["name"], what(row))
        for name in (name for name in NAMES if name in row["changes"]):
            pair = row["changes"][name]
            yield (*of_row, label(name), pair["from"], pair["to"])
