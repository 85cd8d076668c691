"""The wrong rows of a kept file of airports, as a workbook to mend."""

from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile

from django.contrib.auth.models import User
from django.http import FileResponse

from airports.services.keep_upload import tell_wrong_rows
from config.common.http.tables import XLSX
from config.common.tabular.workbook import write_workbook


def wrong_xlsx(*, upload_id: int, actor: User) -> FileResponse:
    """A download. Raises what `tell_wrong_rows` raises.

    It is written to the disk first: the kept file is read while it is written.
    """
    file = TemporaryFile()  # noqa: SIM115 - the response closes it

    def write(header: Sequence[str], rows: Iterator[list[str]]) -> None:
        write_workbook(file, title="Wrong rows", header=header, rows=rows)

    try:
        tell_wrong_rows(upload_id=upload_id, actor=actor, tell=write)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="airports-wrong-rows.xlsx", content_type=XLSX)
