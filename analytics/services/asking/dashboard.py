"""The demand on the front page of the admin: each part is asked for by itself, so that it can be looked at again alone.

What `actor` may not see is merged as everywhere; callers ask only for parts that `actor` may open.
"""

from dataclasses import dataclass

from django.contrib.auth.models import User

from analytics.services.asking.find_cities import find_cities
from analytics.services.asking.find_demand import find_demand, find_opportunities, is_restricted
from analytics.services.asking.find_trend import find_trend
from analytics.services.asking.questions import Demand, ImportRow, Question, Row
from analytics.services.counting.settings import shown_counting
from analytics.services.placing.unplaced_towns import UnplacedTown, unplaced, unplaced_count
from config.common.snapshots import snapshot

OPPORTUNITIES = 6
CHANNELS = 8
TOWNS = 5
CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Headline:
    """The whole picture in one row, none where nothing was counted; its channels; every delivery, oldest first."""

    total: Demand
    channels: Demand
    deliveries: list[ImportRow]


@dataclass(frozen=True, slots=True)
class Opportunities:
    """The segments of at least `min_residents` that stand out most: with fewer, no campaign pays."""

    demand: Demand
    min_residents: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Towns without a place by their courses, and how many there are.

    `to_settle`, with the cities that they may be, for those who see residents; `to_see` for the others, without the
    towns that are merged. One of the two is empty.
    """

    to_settle: list[UnplacedTown]
    to_see: list[Row]
    count: int


def read_headline(*, actor: User) -> Headline:
    """The figures of all current deliveries, of one moment."""
    with snapshot():
        return Headline(
            total=find_demand(question=Question(group_by=()), actor=actor),
            channels=find_demand(question=Question(group_by=("channel",), limit=CHANNELS), actor=actor),
            deliveries=find_trend(question=Question(group_by=()), actor=actor).rows,
        )


def read_opportunities(*, actor: User) -> Opportunities:
    """The best ones: town, age group and channel, with the intervals of their index."""
    with snapshot():
        least = shown_counting().small_segment
        question = Question(limit=OPPORTUNITIES, min_residents=least)
        return Opportunities(find_opportunities(question=question, actor=actor), least)


def read_unplaced(*, actor: User, limit: int = TOWNS, offset: int = 0) -> Unplaced:
    """A page of the towns that are not on the map.

    The full picture names every town, so it is read only for those who see residents.
    """
    with snapshot():
        if not is_restricted(actor):
            found = unplaced(limit=limit, offset=offset, suggested=CANDIDATES)
            return Unplaced(found, [], unplaced_count())
        rest = find_cities(question=Question(limit=0), actor=actor).unplaced
    shown = [row for row in rest if not row.is_other]
    return Unplaced([], shown[offset : offset + limit], len(shown))
