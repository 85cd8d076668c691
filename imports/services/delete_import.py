"""Deletes a delivery: at once for everybody who looks, its rows afterwards."""

import math
import time

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from config.common.background.publishing import enqueue
from config.common.problems import NotFound
from imports.models import Import

PURGE = "imports.purge_deleted"
CHUNK_ROWS = 20_000
_TABLES = ("imports_citizen", "imports_correction", "imports_rawchunk")

# Rows of one import, a bounded number at a time, so that no lock is held for long and a killed purge has lost little.
_DELETE_CHUNK = """
    DELETE FROM {table} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {table} WHERE import_id = %s LIMIT %s
    ))
"""


@transaction.atomic
def delete_import(*, import_id: int, actor: User | None) -> None:
    """Marks the import as deleted, after the corrections that are under way; a task removes its rows.

    Raises `NotFound`.
    """
    # FOR UPDATE waits for corrections, which hold FOR KEY SHARE: after this answer none can still be written.
    found = Import.objects.live().select_for_update().filter(pk=import_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    found.deleted_at = timezone.now()
    found.save(update_fields=["deleted_at"])
    enqueue(PURGE)


def purge_deleted_imports(*, seconds: float = math.inf) -> int:
    """Removes the rows of every deleted import, in chunks, until `seconds` are over. Returns how many imports went.

    May be killed and repeated at any point, and run twice at the same time.
    """
    deadline = time.monotonic() + seconds
    import_ids = list(Import.objects.deleted().values_list("pk", flat=True))
    return sum(_purge(import_id, deadline) for import_id in import_ids)


def _purge(import_id: int, deadline: float) -> bool:
    """Whether it was this call that removed the import itself."""
    while time.monotonic() < deadline:
        if not _remove_rows(import_id):
            break
    else:
        return False
    removed, _ = Import.objects.deleted().filter(pk=import_id).delete()
    return removed > 0


@transaction.atomic
def _remove_rows(import_id: int) -> int:
    """Removes a chunk of each table. 0: none is left."""
    # Two purges take turns. Without the lock one of them would wait for the other's chunk, find none of its rows left,
    # and remove the import while the other's rows still point at it.
    if Import.objects.deleted().select_for_update().filter(pk=import_id).first() is None:
        return 0
    return sum(_delete_chunk(table, import_id) for table in _TABLES)


def _delete_chunk(table: str, import_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_CHUNK.format(table=table), [import_id, CHUNK_ROWS])
        return int(cursor.rowcount)
