"""Takes a file of airports in: the one importer behind the API, the admin and the command."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from airports.csv.layout import BadHeader
from airports.csv.lines import ByteStream
from airports.csv.reading import Reading
from airports.csv.rejections import Rejection, Rejections
from airports.services import upload_sql as sql
from airports.services.tell_changes import tell_changes
from airports.services.upload_copy import Progress, copy_rows
from airports.services.upload_duplicates import reject_duplicates
from config.common.db.disk import Growth, expect_room
from config.common.problems import FieldError, InvalidInput
from config.common.texts import gettext as _
from config.common.texts import labelled

OnError = Literal["fail", "skip"]
Look = Callable[[CursorWrapper], None]

# Measured with the 28,000 airports of the package, all of them new or all of them changed: 5, and 2 in the tables
# that the file is matched in; an airport with its history and its indexes is 1,600 bytes of tables and log.
AIRPORTS = Growth(stored=7, logged=9)
_ROW_BYTES = 1_600

REASON = "upload"
DISPLACED = "upload: the IATA code went to another airport"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadResult:
    """What an upload did, or would do.

    Every row is created, updated, unchanged, skipped because its airport is flagged as deleted, or rejected.
    `displaced` are the airports whose IATA code went to another and that are without one now. `rejected` lists the
    first offending values, of which a row may have several, and `more_rejected` counts the rest.
    """

    rows: int
    created: int
    updated: int
    unchanged: int
    displaced: int
    skipped_deleted: int
    rejected: list[Rejection]
    more_rejected: int


def upload_airports(
    *,
    stream: ByteStream,
    actor: User | None,
    on_error: OnError = "fail",
    dry_run: bool = False,
    progress: Progress | None = None,
    look: Look | None = None,
    reading: Reading | None = None,
    rejections: Rejections | None = None,
) -> UploadResult:
    """Creates and updates the airports that `stream`, CSV in the OpenFlights layout, names.

    A row is the airport with its ICAO code; with its IATA code only where one of them has no ICAO code; else the one
    of the same name, city, country and coordinates. With `on_error="skip"` the good rows are stored; else any
    rejected row raises `InvalidInput` with every offending value, and nothing is stored. A header that does not name
    the columns raises it always. `dry_run` only counts. `progress` hears how many rows were read; `look` may read the
    tables of `upload_sql` before anything is written. With a `reading` its columns hold, and `stream` may be a
    workbook; `rejections` collects what is wrong, for who wants more than the first. Raises `NoSpace` before the
    reserve of the disk is touched.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            rejections = rejections or Rejections()
            cursor.execute(sql.CREATE_ROWS)
            rows = copy_rows(stream=stream, rejections=rejections, progress=progress, reading=reading)
            return _upload(cursor, rows, rejections, actor, on_error, dry_run, look)
    except BadHeader as error:
        raise _refusal(error.rejections, 0) from error


def _upload(
    cursor: CursorWrapper,
    rows: int,
    rejections: Rejections,
    actor: User | None,
    on_error: OnError,
    dry_run: bool,
    look: Look | None,
) -> UploadResult:
    _match(cursor, rejections)
    if rejections.count and on_error == "fail":
        raise _refusal(rejections.listed(), rejections.more)
    counts = _count(cursor)
    if look is not None:
        look(cursor)
    if not dry_run:
        expect_room(_ROW_BYTES * (counts["created"] + counts["updated"]))
        tell_changes(created=counts["created"], changed=_write(cursor, actor))
    cursor.execute(sql.DROP_TABLES)
    return UploadResult(rows=rows, rejected=rejections.listed(), more_rejected=rejections.more, **counts)


def _match(cursor: CursorWrapper, rejections: Rejections) -> None:
    """Finds the stored airport of each row and leaves in `upload_merged` what each airport is to become."""
    # A table that nobody has analysed is planned for as if it were small.
    cursor.execute("ANALYZE upload_row (icao, iata, name)")
    cursor.execute(sql.LOCK)
    cursor.execute(sql.CREATE_MATCHES)
    for deleted in (False, True):
        cursor.execute(sql.MATCH, {"deleted": deleted, "near": sql.NEAR})
    cursor.execute(sql.MERGE)
    reject_duplicates(rejections)


def _count(cursor: CursorWrapper) -> dict[str, int]:
    cursor.execute(sql.DISPLACE_ROWS)
    cursor.execute(sql.CREATE_DISPLACED)
    cursor.execute(sql.COUNTS)
    names = [column.name for column in cursor.description]
    return dict(zip(names, cursor.fetchone() or (), strict=True))


def _write(cursor: CursorWrapper, actor: User | None) -> int:
    """Writes what the file says; how many airports it changed that were there before."""
    values: dict[str, Any] = {
        "at": timezone.now(),
        "actor": actor.pk if actor else None,
        "reason": REASON,
        "displaced": DISPLACED,
    }
    changed = 0
    for statement in (sql.RECORD_ORIGINS, sql.DISPLACE, sql.FREE_CODES, sql.UPDATE, sql.INSERT):
        cursor.execute(statement, values)
        changed += cursor.rowcount if statement in (sql.DISPLACE, sql.UPDATE) else 0
    return changed


def _refusal(rejections: list[Rejection], more: int) -> InvalidInput:
    errors = [
        FieldError(
            f"line {r.line}",
            r.code,
            labelled(r.column, r.text),
        )
        for r in rejections
    ]
    return InvalidInput(_("The file is not valid. Nothing was stored."), errors=errors, more_errors=more)
