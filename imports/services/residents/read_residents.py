"""Reads the residents of a delivery as a stream, in memory that does not grow with it."""

from collections.abc import Generator, Iterator, Mapping
from itertools import islice
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

from imports.fields import FIELDS, Kind
from imports.services.access import require_still_readable

_ROWS_IN_A_CHUNK = 1_000


def _residents(written: Mapping[Kind, str]) -> str:
    """The statement that reads all fields, of some kinds as they are `written`."""
    columns = (f"{written.get(field.kind, '{}').format(name)} AS {name}" for name, field in FIELDS.items())
    return f"SELECT {', '.join(columns)} FROM imports_citizen WHERE import_id = %s ORDER BY citizen_id"


_DAY = "to_char({}, 'DD.MM.YYYY')"
# A row of a table is written by PostgreSQL as far as it can be: Python would take twice as long.
_AS_ROWS = _residents({Kind.DATE: _DAY, Kind.IDS: "array_to_string({}, ' ')"})
# PostgreSQL writes each resident's JSON, in the time in which Python would only fetch the columns.
_AS_JSON = f"SELECT row_to_json(citizen)::text FROM ({_residents({Kind.DATE: _DAY})}) AS citizen"  # nosec B608 # joins constants alone; values are parameters


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
