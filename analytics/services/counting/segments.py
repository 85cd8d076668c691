"""Reads and writes the segments of an import; only what differs is written."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection

from analytics.services.counting.count_import import Segments, Values

# What one statement carries: its text is some two megabytes then.
ROWS_AT_A_TIME = 10_000

_READ = """
    SELECT town, age_group, channel, gender,
        residents, courses, buyers, shown_residents, shown_courses, shown_buyers, squares, published
    FROM analytics_segment WHERE import_id = %s AND at_delivery = %s
"""
_DELETE = """
    DELETE FROM analytics_segment AS segment
    USING unnest(%s::text[], %s::int[], %s::text[], %s::text[]) AS gone (town, age_group, channel, gender)
    WHERE segment.import_id = %s AND segment.at_delivery = %s AND segment.town = gone.town
        AND segment.age_group = gone.age_group AND segment.channel = gone.channel AND segment.gender = gone.gender
"""
_WRITE = """
    INSERT INTO analytics_segment
        (town, age_group, channel, gender, residents, courses, buyers,
        shown_residents, shown_courses, shown_buyers, squares, published, import_id, at_delivery)
    SELECT counted.*, %s, %s
    FROM unnest(%s::text[], %s::int[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
        %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS counted
    ON CONFLICT (import_id, at_delivery, town, age_group, channel, gender) DO UPDATE SET
        residents = EXCLUDED.residents, courses = EXCLUDED.courses, buyers = EXCLUDED.buyers,
        shown_residents = EXCLUDED.shown_residents, shown_courses = EXCLUDED.shown_courses,
        shown_buyers = EXCLUDED.shown_buyers, squares = EXCLUDED.squares, published = EXCLUDED.published
"""


def read_segments(*, import_id: int, at_delivery: bool) -> Segments:
    """Reads what is stored of an import."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [import_id, at_delivery])
        return {row[:4]: Values._make(row[4:]) for row in cursor.fetchall()}


def write_segments(*, import_id: int, at_delivery: bool, old: Segments, new: Segments) -> None:
    """Makes what is stored of an import, `old`, into `new`."""
    if not new:
        delete_segments(import_id=import_id, at_delivery=at_delivery)
        return
    gone = [key for key in old if key not in new]
    changed = [(*key, *values) for key, values in new.items() if old.get(key) != values]
    with connection.cursor() as cursor:
        for columns in columns_of(gone):
            cursor.execute(_DELETE, [*columns, import_id, at_delivery])
        for columns in columns_of(changed):
            cursor.execute(_WRITE, [import_id, at_delivery, *columns])


def delete_segments(*, import_id: int, at_delivery: bool) -> None:
    """Removes what is stored of an import."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM analytics_segment WHERE import_id = %s AND at_delivery = %s", [import_id, at_delivery]
        )


def columns_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[str]]:
    """Turns rows into arrays for `unnest`, a bounded number at a time, in the order in which indexes have them.

    Each array is a text, which PostgreSQL reads ten times as fast as the constructor with thousands of constants that
    the driver makes of a list.
    """
    rest = iter(sorted(rows))
    while batch := list(islice(rest, ROWS_AT_A_TIME)):
        yield [_array(column) for column in zip(*batch, strict=True)]


def _array(column: tuple[Any, ...]) -> str:
    if isinstance(column[0], str):
        column = tuple(['"' + text.replace("\\", r"\\").replace('"', r"\"") + '"' for text in column])
    return "{" + ",".join(map(str, column)) + "}"
