"""Counts the residents of one import, in one statement, so of one moment."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from analytics.dimensions import AgeGroups
from analytics.disclosure import masks_of_two_days, published_masks
from analytics.lattice import World
from analytics.services.counting.settings import Counting

# Town, age group, channel, gender.
SegmentKey = tuple[str, int, str, str]
# Residents, courses, buyers, and the bits that say where everybody may see the segment.
Values = tuple[int, int, int, int]
Segments = dict[SegmentKey, Values]

# The revision comes from the snapshot of the rows. Read before or after them, it could belong to other rows, and what
# was missed would never be found. Both ages at once: one scan.
_SQL = """
    SELECT delivery.revision, segment.*
    FROM imports_import AS delivery
    LEFT JOIN LATERAL (
        SELECT town, channel, gender,
            width_bucket(birth_date, %(then)s::date[]), width_bucket(birth_date, %(now)s::date[]),
            count(*), sum(bought)::bigint, count(*) FILTER (WHERE bought > 0)
        FROM imports_citizen, LATERAL (SELECT cardinality(relatives) + cardinality(friends) AS bought) AS courses
        WHERE import_id = delivery.id
        GROUP BY 1, 2, 3, 4, 5
    ) AS segment ON true
    WHERE delivery.id = %(import_id)s AND delivery.deleted_at IS NULL AND delivery.status = 'complete'
"""


@dataclass(frozen=True)
class Count:
    """An import at one of its revisions: its segments by age on one day and on another."""

    revision: int
    then: Segments
    now: Segments


def count_import(*, import_id: int, then: date, now: date, counting: Counting) -> Count | None:
    """Counts the import by ages on both days; None when it is not complete."""
    groups = counting.age_groups
    values: dict[str, Any] = {"import_id": import_id, "then": groups.births(then), "now": groups.births(now)}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        rows = cursor.fetchall()
    if not rows:
        return None
    found = [row[1:] for row in rows if row[1] is not None]
    small = counting.small_segment
    by_then, by_now = _summed(found, 3, groups), _summed(found, 4, groups)
    then_shown, now_shown = published(by_then, by_now, small=small)
    return Count(rows[0][0], then_shown, now_shown)


def _summed(rows: list[tuple[str, str, str, int, int, int, int, int]], ages: int, groups: AgeGroups) -> Segments:
    """Sums the rows up by the ages in the column `ages`."""
    last = len(groups.bounds) - 1
    sums: defaultdict[SegmentKey, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        counted = sums[row[0], last - int(row[ages]), row[1], row[2]]
        for number in range(3):
            counted[number] += int(row[5 + number])
    return {key: (residents, courses, buyers, 0) for key, (residents, courses, buyers) in sums.items()}


def published(then: Segments, now: Segments, *, small: int) -> tuple[Segments, Segments]:
    """Adds their bits to the segments by their ages on two days."""
    if now == then:
        shown = _with(published_masks(_world(then), small=small), then)
        return shown, shown
    of_then, of_now = masks_of_two_days(_world(then), _world(now), small=small)
    return _with(of_then, then), _with(of_now, now)


def _world(segments: Segments) -> World:
    # Each town is a city of its own, of no country.
    keys = [("", key[0], *key) for key in segments]
    return World(keys, [values[0] for values in segments.values()], [values[2] for values in segments.values()])


def _with(masks: list[int], segments: Segments) -> Segments:
    return {key: (*values[:3], mask) for (key, values), mask in zip(segments.items(), masks, strict=True)}
