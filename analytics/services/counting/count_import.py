"""Counts the residents of one import, in one statement, so of one moment."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from operator import add
from typing import Any, Literal, NamedTuple

from django.db import connection

from analytics.dimensions import AgeGroups
from analytics.models import Spelling
from analytics.perturbation import BUYERS, COURSES, HASH, RESIDENTS, Draw
from analytics.services.counting.settings import Counting
from config.common.spellings import fold

# Town, age group, channel, gender; town and channel are folded.
SegmentKey = tuple[str, int, str, str]


class Values(NamedTuple):
    """What is counted in a segment, what of it everybody sees instead, the squares of courses, and the bits that say
    where."""

    residents: int
    courses: int
    buyers: int
    shown_residents: int
    shown_courses: int
    shown_buyers: int
    squares: int
    published: int = 0

    @property
    def true(self) -> tuple[int, int, int]:
        """The counts themselves."""
        return self[:3]

    @property
    def shown(self) -> tuple[int, int, int]:
        """What everybody sees instead."""
        return self[3:6]


Segments = dict[SegmentKey, Values]
# Kind, fold and spelling, and the residents who have it.
Spellings = dict[tuple[str, str, str], int]

# The revision comes from the snapshot of the rows. Read before or after them, it could belong to other rows, and what
# was missed would never be found. Both ages at once: one scan.
_SQL = f"""
    SELECT delivery.revision, segment.*
    FROM imports_import AS delivery
    LEFT JOIN LATERAL (
        SELECT town, channel, gender, age_then, age_now,
            count(*), sum(bought)::bigint, count(*) FILTER (WHERE bought > 0),
            sum({RESIDENTS})::bigint, sum({COURSES})::bigint, sum({BUYERS})::bigint,
            sum(bought::bigint * bought)::bigint
        FROM (
            SELECT *, {HASH} AS hash FROM (
                SELECT citizen_id, town, channel, gender, cardinality(relatives) + cardinality(friends) AS bought,
                    width_bucket(birth_date, %(then)s::date[]) AS age_then,
                    width_bucket(birth_date, %(now)s::date[]) AS age_now
                FROM imports_citizen WHERE import_id = delivery.id
                -- Each is worked out once, not wherever it is named.
                OFFSET 0
            ) AS known OFFSET 0
        ) AS perturbed
        GROUP BY 1, 2, 3, 4, 5
    ) AS segment ON true
    WHERE delivery.id = %(import_id)s AND delivery.deleted_at IS NULL AND delivery.status = 'complete'
"""  # nosec B608 # joins constants alone; values are parameters
_Rows = list[tuple[str, str, str, int, int, int, int, int, int, int, int, int]]


@dataclass(frozen=True)
class Count:
    """An import at one of its revisions: its segments by age on one day and on another, nothing of them published."""

    revision: int
    then: Segments
    now: Segments
    spellings: Spellings


def count_import(*, import_id: int, then: date, now: date, counting: Counting, draw: Draw) -> Count | None:
    """Counts the import by ages on both days; None when it is not complete."""
    groups = counting.age_groups
    values: dict[str, Any] = {"import_id": import_id, "then": groups.births(then), "now": groups.births(now)}
    values |= {"secret": draw.secret, "changes": draw.changes}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        rows = cursor.fetchall()
    if not rows:
        return None
    found = [row[1:] for row in rows if row[1] is not None]
    of_then = _summed(found, 3, groups)
    of_now = of_then if all(row[3] == row[4] for row in found) else _summed(found, 4, groups)
    return Count(rows[0][0], of_then, of_now, _spelled(found))


def totals(segments: Segments) -> dict[str, int]:
    """Adds up each count over the segments."""
    names = Values._fields[: Values._fields.index("squares")]
    return {name: sum(getattr(values, name) for values in segments.values()) for name in names}


def _summed(rows: _Rows, ages: Literal[3, 4], groups: AgeGroups) -> Segments:
    """Sums the rows up by their folds and by the ages in the column `ages`."""
    last = len(groups.bounds) - 1
    sums: dict[SegmentKey, tuple[int, ...]] = {}
    for row in rows:
        key, counted = (fold(row[0]), last - row[ages], fold(row[1]), row[2]), row[5:]
        sums[key] = tuple(map(add, sums[key], counted)) if key in sums else counted
    return {key: Values(*counts) for key, counts in sums.items()}


def _spelled(rows: _Rows) -> Spellings:
    found: Spellings = {}
    places: tuple[tuple[Literal[0, 1], str], ...] = ((0, Spelling.Kind.TOWN.value), (1, Spelling.Kind.CHANNEL.value))
    for place, kind in places:
        residents: defaultdict[str, int] = defaultdict(int)
        for row in rows:
            residents[row[place]] += row[5]
        found |= {(kind, fold(spelling), spelling): number for spelling, number in residents.items()}
    return found
