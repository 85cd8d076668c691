"""Reads and writes how the towns and channels of an import are spelled; only what differs is written."""

from django.db import connection

from analytics.services.counting.count_import import Spellings
from analytics.services.counting.segments import columns_of

_DELETE = """
    DELETE FROM analytics_deliveryspelling AS stored
    USING unnest(%s::text[], %s::text[]) AS gone (kind, spelling)
    WHERE stored.import_id = %s AND stored.kind = gone.kind AND stored.spelling = gone.spelling
"""
_WRITE = """
    INSERT INTO analytics_deliveryspelling (import_id, kind, fold, spelling, residents)
    SELECT %s, counted.* FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[]) AS counted
    ON CONFLICT (import_id, kind, spelling) DO UPDATE SET residents = EXCLUDED.residents
"""


def read_spellings(*, import_id: int) -> Spellings:
    """Reads what is stored of an import."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, fold, spelling, residents FROM analytics_deliveryspelling WHERE import_id = %s", [import_id]
        )
        return {row[:3]: row[3] for row in cursor.fetchall()}


def write_spellings(*, import_id: int, old: Spellings, new: Spellings) -> None:
    """Makes what is stored of an import, `old`, into `new`."""
    gone = [(kind, spelling) for kind, fold, spelling in old if (kind, fold, spelling) not in new]
    changed = [(*key, residents) for key, residents in new.items() if old.get(key) != residents]
    with connection.cursor() as cursor:
        for columns in columns_of(gone):
            cursor.execute(_DELETE, [*columns, import_id])
        for columns in columns_of(changed):
            cursor.execute(_WRITE, [import_id, *columns])
