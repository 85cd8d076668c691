"""Which imports are to be counted again."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from analytics.services.counting.settings import counting
from config.common.db.snapshots import once_in_snapshot

# Imports without contents are nobody's business until they were counted once. An erased import is frozen as it was
# counted last, but for this: it leaves the current picture. Of what was counted of a source under its names of now the
# last one is current: a source that becomes an alias has none, one that was an alias has one again.
_STALE = """
    FROM (SELECT * FROM imports_import WHERE deleted_at IS NULL AND status IN ('complete', 'erased')) AS delivery
    FULL JOIN analytics_importdemand AS demand ON demand.import_id = delivery.id
    WHERE delivery.id IS NULL
        OR (delivery.status = 'erased' AND demand.is_current)
        OR (delivery.status = 'complete' AND (
            demand.import_id IS NULL
            OR demand.revision <> delivery.revision
            OR demand.scheme <> %(scheme)s
            OR (demand.is_current AND demand.as_of <> %(today)s)
            OR demand.is_current <> (delivery.id IN (
                SELECT max(counted.import_id)
                FROM analytics_importdemand AS counted
                LEFT JOIN imports_import AS complete ON complete.id = counted.import_id
                    AND complete.deleted_at IS NULL AND complete.status = 'complete'
                LEFT JOIN imports_sourcespelling AS spelled ON spelled.spelling = counted.source
                LEFT JOIN imports_source AS source ON source.id = spelled.source_id
                WHERE complete.id IS NOT NULL OR counted.is_current
                GROUP BY coalesce(source.alias_of_id, source.id), CASE WHEN source.id IS NULL THEN counted.source END
            ))
        ))
"""
_LIST = f"""
    SELECT coalesce(delivery.id, demand.import_id), coalesce(delivery.source, demand.source) {_STALE}
    ORDER BY coalesce(demand.refreshed_at, delivery.completed_at), 1
"""


@dataclass(frozen=True)
class StaleImport:
    """One that is new, was corrected or deleted since it was counted, or whose residents may have grown older."""

    import_id: int
    source: str


def stale_imports(*, today: date | None = None) -> list[StaleImport]:
    """Lists all of them, the one that has waited longest first. One statement, of the caller's snapshot."""
    return [StaleImport(*row) for row in _rows(_LIST, today)]


@once_in_snapshot
def count_stale_imports(*, today: date | None = None) -> int:
    """Counts them."""
    return int(_rows(f"SELECT count(*) {_STALE}", today)[0][0])


def utc_today() -> date:
    """Gives the day by which ages are counted."""
    return datetime.now(UTC).date()


def _rows(sql: str, today: date | None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"scheme": counting().scheme, "today": today or utc_today()})
        return list(cursor.fetchall())
