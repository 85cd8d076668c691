"""The rows of one delivery, a bounded number at a time: no lock is held for long, and a kill loses one chunk at
most."""

from dataclasses import dataclass, field

from django.db import connection

CHUNK_ROWS = 20_000
# Each is a mebibyte.
CHUNK_BODY = 20

# In the order of an index, from where the chunk before ended: a chunk neither reads the whole table to find the rows of
# one delivery among those of others, nor passes the dead entries of all chunks before it once more.
_REMOVE = """
    WITH removed AS (
        DELETE FROM {table} WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM {table} WHERE import_id = %s AND {key} >= %s ORDER BY {key} LIMIT %s
        ))
        RETURNING {key}
    )
    SELECT count(*), max({key}) FROM removed
"""
# Who and when stay, and which fields, but no value. Rows that have been scrubbed are passed over.
_SCRUB = """
    WITH scrubbed AS (
        UPDATE imports_correction SET changes = {without_values} WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM imports_correction
            WHERE import_id = %s AND citizen_id >= %s AND changes <> {without_values} ORDER BY citizen_id LIMIT %s
        ))
        RETURNING citizen_id
    )
    SELECT count(*), max(citizen_id) FROM scrubbed
"""
_WITHOUT_VALUES = """(
    SELECT coalesce(jsonb_object_agg(name, '{"from": null, "to": null}'::jsonb), '{}'::jsonb)
    FROM jsonb_object_keys(changes) AS name
)"""
# Right after a load nobody has counted the rows yet, and the planner would take all rows of the delivery and sort them.
_BY_INDEX = "SELECT " + ", ".join(
    f"set_config('enable_{plan}', 'off', true)" for plan in ("seqscan", "bitmapscan", "sort", "incremental_sort")
)


@dataclass(slots=True)
class Rows:
    """What is left of one delivery's rows for one statement: `next` takes up to `size` of them.

    An instance remembers where it has come. Whoever begins anew begins with the first row.
    """

    import_id: int
    sql: str
    size: int
    _position: int = field(default=-1)

    def next(self) -> int:
        """How many rows were there, 0 at the end. Call it in a transaction, under a lock on the delivery."""
        with connection.cursor() as cursor:
            cursor.execute(_BY_INDEX)
            cursor.execute(self.sql, [self.import_id, self._position, self.size])
            count, last = cursor.fetchone()
        # The last one again: corrections have no order among those of one resident.
        self._position = self._position if last is None else last
        return int(count)


def residents_to_remove(import_id: int) -> Rows:
    """The residents."""
    return Rows(import_id, _REMOVE.format(table="imports_citizen", key="citizen_id"), CHUNK_ROWS)


def corrections_to_remove(import_id: int) -> Rows:
    """Their corrections."""
    return Rows(import_id, _REMOVE.format(table="imports_correction", key="citizen_id"), CHUNK_ROWS)


def corrections_to_scrub(import_id: int) -> Rows:
    """Their corrections, whose old and new values become null."""
    return Rows(import_id, _SCRUB.replace("{without_values}", _WITHOUT_VALUES), CHUNK_ROWS)


def raw_body_to_remove(import_id: int) -> Rows:
    """The raw body."""
    return Rows(import_id, _REMOVE.format(table="imports_rawchunk", key="number"), CHUNK_BODY)
