"""The wrong rows of a kept file of airports, as a workbook to mend."""

from collections.abc import Iterator, Sequence
from typing import IO

from django.contrib.auth.models import User
from django.http import FileResponse
from django.utils.translation import gettext as _

from airports.services.keep_upload import tell_wrong_rows
from config.common.http.tables import XLSX, file_response
from config.common.tabular.workbook import write_workbook


def wrong_xlsx(*, upload_id: int, actor: User) -> FileResponse:
    """A download. Raises what `tell_wrong_rows` raises: the kept file is read while it is written."""

    def write(file: IO[bytes]) -> None:
        def tell(header: Sequence[str], rows: Iterator[list[str]]) -> None:
            write_workbook(file, title=_("Wrong rows"), header=header, rows=rows)

        tell_wrong_rows(upload_id=upload_id, actor=actor, tell=tell)

    return file_response(write, name="airports-wrong-rows.xlsx", content_type=XLSX)
