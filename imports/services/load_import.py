"""Takes a delivery of residents in: all of it or nothing."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from config.common.observe.units import timed
from config.common.problems import FieldError, InvalidInput
from imports.documents.copy import COLUMNS, copy_rows
from imports.documents.reader import read_document
from imports.documents.structs import Citizen
from imports.models import Import

DEFAULT_SOURCE = "default"
# Larger than a chunk, so that each is handed over whole.
_READ_BYTES = 1024 * 1024
_COPY = f"COPY imports_citizen ({', '.join(COLUMNS)}) FROM STDIN"


def load_import(*, body: bytes, source: str = DEFAULT_SOURCE, actor: User | None) -> Import:
    """Stores the delivery `{"citizens": […]}` and returns it, complete.

    Raises `InvalidInput` with every offending value, `TooLarge` beyond `IMPORT_MAX_CITIZENS`; nothing is stored then.
    """
    check_source(source)
    today = datetime.now(UTC).date()
    citizens = read_document(body, max_citizens=settings.IMPORT_MAX_CITIZENS, today=today)
    return store_citizens(citizens, source=source, actor=actor)


def check_source(source: str) -> None:
    """Raises `InvalidInput` unless `source` is 1 to 64 characters with a letter or digit."""
    if not (1 <= len(source) <= 64 and any(c.isalnum() for c in source) and "\0" not in source):
        error = FieldError("?source", "invalid", "1 to 64 characters, at least one of them a letter or a digit.")
        raise InvalidInput("The query is not valid.", errors=[error])


@transaction.atomic
def store_citizens(citizens: list[Citizen], *, source: str, actor: User | None) -> Import:
    """Writes checked citizens by one COPY, in one transaction with their import."""
    now = timezone.now()
    count = len(citizens)
    loaded = Import.objects.create(
        source=source,
        status=Import.Status.COMPLETE,
        citizen_count=count,
        processed=count,
        created_at=now,
        created_by=actor,
        completed_at=now,
        settled_at=now,
    )
    copy_citizens(copy_rows(citizens, loaded.pk))
    return loaded


def copy_citizens(chunks: Iterable[bytes]) -> None:
    """Streams rows in COPY's text format into the table, inside the caller's transaction."""
    # Django wraps the errors of `execute` alone: without this a full disk would not be known as one.
    with connection.cursor() as cursor, connection.wrap_database_errors, timed(_COPY):
        cursor.copy_expert(_COPY, ChunkReader(chunks), size=_READ_BYTES)


class ChunkReader:
    """A file for psycopg2's COPY over chunks that are made while it reads: at most two of them in memory."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end."""
        if not self._rest:
            self._rest = next(self._chunks, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece
