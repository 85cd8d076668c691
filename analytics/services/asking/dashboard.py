"""Reads the demand on the front page of the admin, each part by itself, so that it can be looked at again alone.

What `actor` may not see is merged as everywhere; callers ask only for parts that `actor` may open.
"""

from dataclasses import dataclass

from django.contrib.auth.models import User

from analytics.services.asking.find_cities import find_cities
from analytics.services.asking.find_demand import find_demand, is_restricted
from analytics.services.asking.find_trend import find_trend
from analytics.services.asking.questions import Demand, ImportRow, Question, Row
from analytics.services.placing.unplaced_towns import (
    AmbiguousTown,
    UnplacedTown,
    ambiguous,
    unplaced,
    unplaced_count,
)
from config.common.db.snapshots import snapshot

TOWNS = 5
CANDIDATES = 3
AMBIGUOUS_TOWNS = 20


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Towns without a place by their courses, and how many there are.

    `to_settle`, with the cities that they may be, for those who see residents; `to_see` for the others, without the
    towns that are merged. One of the two is empty.
    """

    to_settle: list[UnplacedTown]
    to_see: list[Row]
    count: int


def read_headline(*, actor: User) -> tuple[Demand, list[ImportRow]]:
    """Reads the whole picture in one row, none where nothing was counted, and every delivery; of one moment."""
    with snapshot():
        total = find_demand(question=Question(group_by=(), with_expected=False), actor=actor)
        return total, find_trend(question=Question(group_by=(), with_expected=False), actor=actor).rows


def read_unplaced(*, actor: User, limit: int = TOWNS, offset: int = 0) -> Unplaced:
    """Reads a page of the towns that are not on the map.

    The full picture names every town, so it is read only for those who see residents.
    """
    with snapshot():
        if not is_restricted(actor):
            found = unplaced(limit=limit, offset=offset, suggested=CANDIDATES)
            return Unplaced(found, [], unplaced_count())
        rest = find_cities(question=Question(limit=0, with_expected=False), actor=actor).unplaced
    named = [row for row in rest if not row.is_other]
    return Unplaced([], named[offset : offset + limit], len(named))


def read_ambiguous(*, actor: User) -> list[AmbiguousTown]:
    """Reads the towns with the most demand whose name is several cities'; none for those who do not see residents."""
    return [] if is_restricted(actor) else ambiguous(limit=AMBIGUOUS_TOWNS, suggested=CANDIDATES)
