"""Reads and writes the ties of an import; only what differs is written."""

from django.db import connection

from analytics.services.counting.count_ties import Ties
from analytics.services.counting.segments import columns_of

_KEYS = "agrees, town, age_group, channel, gender"
_READ = f"""
    SELECT {_KEYS}, pairs, courses, others, products
    FROM analytics_segmenttie WHERE import_id = %s AND at_delivery = %s
"""  # nosec B608 # joins constants alone
_DELETE = f"""
    DELETE FROM analytics_segmenttie AS tie
    USING unnest(%s::int[], %s::text[], %s::int[], %s::text[], %s::text[]) AS gone ({_KEYS})
    WHERE tie.import_id = %s AND tie.at_delivery = %s AND tie.agrees = gone.agrees AND tie.town = gone.town
        AND tie.age_group = gone.age_group AND tie.channel = gone.channel AND tie.gender = gone.gender
"""  # nosec B608 # joins constants alone
_WRITE = f"""
    INSERT INTO analytics_segmenttie ({_KEYS}, pairs, courses, others, products, import_id, at_delivery)
    SELECT counted.*, %s, %s
    FROM unnest(%s::int[], %s::text[], %s::int[], %s::text[], %s::text[],
        %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS counted
    ON CONFLICT (import_id, at_delivery, {_KEYS}) DO UPDATE SET
        pairs = EXCLUDED.pairs, courses = EXCLUDED.courses, others = EXCLUDED.others, products = EXCLUDED.products
"""  # nosec B608 # joins constants alone


def read_ties(*, import_id: int, at_delivery: bool) -> Ties:
    """Reads what is stored of an import."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [import_id, at_delivery])
        return {row[:5]: row[5:] for row in cursor.fetchall()}


def write_ties(*, import_id: int, at_delivery: bool, old: Ties, new: Ties) -> None:
    """Makes what is stored of an import, `old`, into `new`."""
    gone = [key for key in old if key not in new]
    changed = [(*key, *values) for key, values in new.items() if old.get(key) != values]
    with connection.cursor() as cursor:
        for columns in columns_of(gone):
            cursor.execute(_DELETE, [*columns, import_id, at_delivery])
        for columns in columns_of(changed):
            cursor.execute(_WRITE, [import_id, at_delivery, *columns])
