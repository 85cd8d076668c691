"""Takes a delivery of any size in, while it comes: all of it or nothing; as NDJSON and CSV in constant memory."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from imports.documents.copy import copy_rows
from imports.documents.formats import NDJSON, Format
from imports.documents.options import TableOptions
from imports.documents.stream import Reader
from imports.models import Import
from imports.services.document_rules import rules_on
from imports.services.loading._check_whole import expect_whole, is_whole, refuse
from imports.services.loading.load_document import copy_residents
from imports.services.naming.resolve_source import DEFAULT_SOURCE, expect_source, name_source
from imports.services.residents.carry_corrections import carry_corrections

OnProgress = Callable[[int], None]

# The ids of one COPY ascend.
_RENAME_GENDERS = """
    UPDATE imports_citizen SET gender = 'female'
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM imports_citizen WHERE import_id = %s) AS numbered
    WHERE numbered.id = imports_citizen.id AND numbered.number = ANY(%s)
"""


@transaction.atomic
def load_stream(
    *,
    chunks: Iterable[bytes],
    format: Format = NDJSON,
    source: str = DEFAULT_SOURCE,
    actor: User | None,
    import_id: int | None = None,
    today: date | None = None,
    options: TableOptions | None = None,
    on_progress: OnProgress | None = None,
    carry: bool = False,
) -> Import:
    """Stores one resident a line, or a row, while they come, and returns their delivery, complete; as `import_id` where
    one was reserved, and with `carry` with the corrections of the one that it replaces.

    Dates of birth are checked against `today`, by default the date in UTC; `on_progress` as in `store_stream`. Raises
    as `expect_source`, `InvalidInput` with every offending value and what reading the chunks raises; nothing is stored
    then.
    """
    expect_source(source, actor=actor)
    loaded = Import.objects.create(pk=import_id, source=source, status=Import.Status.LOADING, created_by=actor)
    count = store_stream(
        chunks=chunks, format=format, import_id=loaded.pk, today=today, options=options, on_progress=on_progress
    )
    now = timezone.now()
    loaded.status, loaded.citizen_count, loaded.processed = Import.Status.COMPLETE, count, count
    loaded.completed_at = loaded.settled_at = now
    loaded.save(update_fields=["status", "citizen_count", "processed", "completed_at", "settled_at"])
    name_source(source)
    if carry:
        carry_corrections(import_id=loaded.pk, actor=actor)
    return loaded


def store_stream(
    *,
    chunks: Iterable[bytes],
    format: Format,
    import_id: int,
    today: date | None = None,
    options: TableOptions | None = None,
    on_progress: OnProgress | None = None,
) -> int:
    """Stores one resident a line, or a row, for a delivery that has none, inside the caller's transaction; returns how
    many.

    `on_progress` is told, between two batches of several hundred, how many residents were taken in so far. Neither it
    nor the chunks may use Django's connection, which is in the middle of a COPY. Raises `InvalidInput` with every
    offending value, what reading the chunks raises and what `on_progress` raises: then the transaction must be rolled
    back.
    """
    expect_whole()
    load = _Load(format.rows(chunks, rules=rules_on(today), options=options), import_id, on_progress)
    copy_residents(load.rows())
    if load.reader.is_sound and is_whole(import_id):
        _rename_genders(import_id, load.reader)
        return load.count
    raise refuse(import_id, load.reader)


def _rename_genders(import_id: int, reader: Reader[Any]) -> None:
    """Stores of whom it was seen late that they are women."""
    if reader.late_females:
        with connection.cursor() as cursor:
            cursor.execute(_RENAME_GENDERS, [import_id, list(reader.late_females)])


class _Load:
    def __init__(self, reader: Reader[Any], import_id: int, on_progress: OnProgress | None) -> None:
        self.reader = reader
        self.count = 0
        self._import_id = import_id
        self._on_progress = on_progress

    def rows(self) -> Iterator[bytes]:
        """For COPY, until the end or until something is wrong."""
        for citizens in self.reader.sound():
            yield from copy_rows(citizens, self._import_id)
            self.count += len(citizens)
            if self._on_progress is not None:
                self._on_progress(self.count)
