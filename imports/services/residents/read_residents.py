"""Reads the residents of a delivery as a stream, in memory that does not grow with it."""

from collections.abc import Callable, Generator, Iterator, Mapping
from itertools import islice
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

from config.common.db.csv_cells import csv_cell
from imports.fields import FIELDS, NAMES, Kind
from imports.services.access import require_still_readable

_ROWS_IN_A_CHUNK = 1_000
_END_OF_ROW = "\r\n"


def _day(name: str) -> str:
    return f"to_char({name}, 'DD.MM.YYYY')"


def _ids(name: str) -> str:
    return f"array_to_string({name}, ' ')"


def _residents(written: Mapping[Kind, Callable[[str], str]]) -> str:
    """The statement that reads all fields; of some kinds what SQL makes of the column."""
    columns = (
        f"{written[field.kind](name)} AS {name}" if field.kind in written else name for name, field in FIELDS.items()
    )
    return f"SELECT {', '.join(columns)} FROM imports_citizen WHERE import_id = %s ORDER BY citizen_id"  # nosec B608 # constants


_AS_ROWS = _residents({Kind.DATE: _day, Kind.IDS: _ids})
_CELLS = _residents({Kind.DATE: _day, Kind.IDS: _ids, Kind.TEXT: csv_cell})
# PostgreSQL writes each resident's JSON or CSV, in the time in which Python would only fetch the columns.
_AS_CSV = f"SELECT concat_ws(',', {', '.join(NAMES)}) FROM ({_CELLS}) AS citizen"  # nosec B608 # joins constants alone; values are parameters
_AS_JSON = f"SELECT row_to_json(citizen)::text FROM ({_residents({Kind.DATE: _day})}) AS citizen"  # nosec B608 # joins constants alone; values are parameters


_T = TypeVar("_T")


class Stream(Generic[_T]):
    """What follows, piece by piece, from a snapshot that is already taken. Closing it ends the transaction."""

    def __init__(self, pieces: Generator[_T, None, None]) -> None:
        # The first piece now: what can refuse the reader does so before an answer has begun.
        self._first = list(islice(pieces, 1))
        self._pieces = pieces

    def __iter__(self) -> Iterator[_T]:
        yield from self._first
        yield from self._pieces

    def close(self) -> None:
        """Ends the transaction, also of a stream that nobody read to its end."""
        self._pieces.close()


def stream_json(*, import_id: int) -> Stream[bytes]:
    """`{"data": [resident, …]}` in chunks, ordered by `citizen_id`.

    One snapshot, taken now. Raises `NotFound`, `Conflict` or `Gone` for a delivery that has no contents.
    """
    return Stream(_json(import_id))


def stream_ndjson(*, import_id: int) -> Stream[bytes]:
    """A resident a line, in chunks, ordered by `citizen_id`; else as `stream_json`."""
    return Stream(_ndjson(import_id))


def stream_csv(*, import_id: int) -> Stream[bytes]:
    """A row that names the columns and a row a resident, as `config.common.http.tables` writes them, in chunks; else as
    `stream_json`."""
    return Stream(_csv(import_id))


def stream_rows(*, import_id: int) -> Stream[tuple[Any, ...]]:
    """The values of all fields of each resident; relations as `1 2 3`; else as `stream_json`."""
    return Stream(_rows(import_id))


def _json(import_id: int) -> Generator[bytes, None, None]:
    separator = '{"data": ['
    for rows in _chunks(_AS_JSON, import_id):
        yield (separator + ",\n".join(row[0] for row in rows)).encode()
        separator = ",\n"
    yield (separator.rstrip(",\n") + "]}").encode()


def _ndjson(import_id: int) -> Generator[bytes, None, None]:
    for rows in _chunks(_AS_JSON, import_id):
        yield ("\n".join(row[0] for row in rows) + "\n").encode()


def _csv(import_id: int) -> Generator[bytes, None, None]:
    before = ",".join(NAMES) + _END_OF_ROW
    for rows in _chunks(_AS_CSV, import_id):
        yield (before + "".join(f"{row[0]}{_END_OF_ROW}" for row in rows)).encode()
        before = ""
    if before:
        yield before.encode()


def _rows(import_id: int) -> Generator[tuple[Any, ...], None, None]:
    for rows in _chunks(_AS_ROWS, import_id):
        yield from rows


def _chunks(sql: str, import_id: int) -> Generator[list[tuple[Any, ...]], None, None]:
    """Rows from a server-side cursor.

    The transaction is explicit: a cursor that outlives its statement in autocommit is declared WITH HOLD, and
    PostgreSQL then computes the whole result before the first row.
    """
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, [import_id])
        require_still_readable(import_id=import_id)
        while len(rows := cursor.fetchmany(_ROWS_IN_A_CHUNK)) == _ROWS_IN_A_CHUNK:
            yield rows
    # The last ones when the transaction is over: a small delivery holds none while its reader takes their time.
    if rows:
        yield rows
