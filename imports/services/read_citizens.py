"""Reads the residents of an import as a stream, in memory that does not grow with it."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

FIELDS = (
    "citizen_id", "town", "street", "building", "apartment", "name",
    "birth_date", "gender", "relatives", "friends", "channel",
)  # fmt: skip
_ROWS_IN_A_CHUNK = 1_000

_COLUMNS = ", ".join(FIELDS).replace("birth_date", "to_char(birth_date, 'DD.MM.YYYY') AS birth_date")
_FROM = "FROM imports_citizen WHERE import_id = %s ORDER BY citizen_id"
_AS_ROWS = f"SELECT {_COLUMNS} {_FROM}"
# PostgreSQL writes each citizen's JSON, in the time in which Python would only fetch the columns.
_AS_JSON = f"SELECT row_to_json(citizen)::text FROM ({_AS_ROWS}) AS citizen"


def stream_json(*, import_id: int) -> Iterator[bytes]:
    """`{"data": [citizen, …]}` in chunks, ordered by `citizen_id`."""
    separator = '{"data": ['
    for rows in _chunks(_AS_JSON, import_id):
        yield (separator + ",\n".join(row[0] for row in rows)).encode()
        separator = ",\n"
    yield (separator.rstrip(",\n") + "]}").encode()


def stream_ndjson(*, import_id: int) -> Iterator[bytes]:
    """A citizen a line, in chunks, ordered by `citizen_id`."""
    for rows in _chunks(_AS_JSON, import_id):
        yield ("\n".join(row[0] for row in rows) + "\n").encode()


def stream_rows(*, import_id: int) -> Iterator[tuple[Any, ...]]:
    """The values of `FIELDS` of each citizen, ordered by `citizen_id`; relations as `1 2 3`."""
    for rows in _chunks(_AS_ROWS, import_id):
        for row in rows:
            yield tuple(" ".join(map(str, value)) if isinstance(value, list) else value for value in row)


def _chunks(sql: str, import_id: int) -> Iterator[list[tuple[Any, ...]]]:
    """Rows from a server-side cursor.

    The transaction is explicit: a cursor that outlives its statement in autocommit is declared WITH HOLD, and
    PostgreSQL then computes the whole result before the first row.
    """
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, [import_id])
        while rows := cursor.fetchmany(_ROWS_IN_A_CHUNK):
            yield rows
