"""Asks the services for everything on the page, in one snapshot: its charts never contradict each other."""

from dataclasses import dataclass, replace

from django.contrib.auth.models import User

from analytics.models import ImportDemand
from analytics.pages.filters import FILTERED, FINEST, GROUPINGS, SEGMENT_KEYS, Filters
from analytics.pages.sections.heat import CITIES
from analytics.pages.sections.unplaced import CANDIDATES, MOST_TOWNS
from analytics.services.asking.find_around import Around, find_around
from analytics.services.asking.find_cities import find_cities
from analytics.services.asking.find_demand import find_demand, find_opportunities, is_restricted
from analytics.services.asking.find_heat import Heat, find_heat
from analytics.services.asking.find_trend import find_trend
from analytics.services.asking.questions import Cities, Demand, ImportRow, Meta, Row
from analytics.services.counting.settings import counting_of_picture
from analytics.services.placing.unplaced_towns import AmbiguousTown, UnplacedTown, ambiguous, unplaced
from config.common.db.snapshots import snapshot

OPPORTUNITIES = 12
SEGMENTS = 25
CHANNELS = 15
NEIGHBOURS = 8
TOWN_CHOICES = 1_000
_ANYWHERE: dict[str, tuple[str, ...]] = {"countries": (), "cities": (), "towns": ()}
# So large a share of residents is most of them.
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers. `total` has no row where nobody matches; `sources` are those of the current picture;
    the opportunities have at least `least_residents`; they and the segments are `by` one of `GROUPINGS`, and `named` is
    the share of residents who stand in a row of their own by each of these, 0 to 1; `around`: the filtered residents as
    one segment of a ranking, and the segments beside it."""

    sources: list[str]
    age_groups: tuple[str, ...]
    least_residents: int
    total: Demand
    places: Demand
    channels: Demand
    heat: Heat
    by: str
    named: dict[str, float]
    opportunities: Demand
    segments: Demand
    around: Around
    deliveries: list[ImportRow]


@dataclass(frozen=True, slots=True)
class Places:
    """What the map shows, and the towns that somebody may have to place."""

    cities: Cities
    unplaced: list[UnplacedTown]
    ambiguous: list[AmbiguousTown]


def read_places(*, filters: Filters, actor: User, may_place: bool) -> Places:
    """Gives the places that `actor` may see. `may_place`: with the cities that a town may be, for those who choose."""
    return Places(
        cities=find_cities(question=filters.question(), actor=actor),
        unplaced=unplaced(limit=MOST_TOWNS, suggested=CANDIDATES) if may_place else [],
        ambiguous=ambiguous(limit=MOST_TOWNS, suggested=CANDIDATES) if may_place else [],
    )


def read_answers(*, filters: Filters, actor: User) -> Answers:
    """Gives the answers that `actor` may see."""
    with snapshot():
        counted_by = counting_of_picture()
        # Nobody advertises to a handful of people, however keen.
        least = max(filters.min_residents, counted_by.small_segment)
        total = find_demand(question=filters.question(group_by=(), min_residents=0), actor=actor)
        heat = find_heat(question=filters.question(), cities=CITIES, actor=actor)
        cities = find_demand(question=filters.question(group_by=("city",), limit=0), actor=actor)
        segments = _segments(FINEST, filters, actor)
        around = _around(filters, actor)
        metas = (segments.meta, heat.meta, cities.meta)
        named = dict(zip(GROUPINGS, (_named(total, meta) for meta in metas), strict=True))
        by = filters.by or next((by for by, share in named.items() if share >= _MOST), "city")
        return Answers(
            sources=list(ImportDemand.objects.current().called().order_by("called").values_list("called", flat=True)),
            age_groups=counted_by.age_groups.labels,
            least_residents=least,
            total=total,
            # Choices: of everything, so that one can change to another.
            places=find_demand(
                question=filters.question(group_by=("city", "town"), **_ANYWHERE, min_residents=0, limit=TOWN_CHOICES),
                actor=actor,
            ),
            channels=find_demand(
                question=filters.question(group_by=("channel",), channels=(), limit=CHANNELS), actor=actor
            ),
            heat=heat,
            by=by,
            named=named,
            opportunities=_as_ranked(
                find_opportunities(
                    question=filters.segments(by, limit=OPPORTUNITIES, min_residents=least, with_expected=True),
                    actor=actor,
                ),
                around.own,
            ),
            segments=_as_ranked(segments if by == FINEST else _segments(by, filters, actor), around.own),
            around=around,
            deliveries=_deliveries(filters, actor),
        )


def _segments(by: str, filters: Filters, actor: User) -> Demand:
    return find_demand(question=filters.segments(by, limit=SEGMENTS, offset=filters.offset), actor=actor)


def count_segments(*, filters: Filters, actor: User) -> int:
    """Counts the rows of the list on the page with these filters."""
    with snapshot():
        total = find_demand(question=filters.question(group_by=(), min_residents=0), actor=actor)
        for by in (filters.by,) if filters.by else GROUPINGS:
            found = find_demand(question=filters.segments(by, limit=1), actor=actor)
            if _named(total, found.meta) >= _MOST:
                break
    return found.count


def _around(filters: Filters, actor: User) -> Around:
    """Finds the filtered segment among all of its kind, which are those of a ranking; source and several values filter.

    Nothing where no dimension has one value: there is no kind of segment then.
    """
    keys = {key: getattr(filters, key)[0] for key in SEGMENT_KEYS if len(getattr(filters, key)) == 1}
    if not keys or ("country" in keys and len(filters.city) > 1):
        return Around(None, {})
    grouped = tuple(key for key in keys if key != "country" or "city" not in keys)
    free = {name: () for key, name in FILTERED.items() if key in keys}
    question = filters.question(group_by=grouped, min_residents=0, with_expected=True, **free)
    return find_around(question=question, keys=keys, most=NEIGHBOURS, actor=actor)


def _as_ranked(found: Demand, own: Row | None) -> Demand:
    """Puts the segment as rankings have it in the place of its only row: its interval is theirs then."""
    if own is None or found.count != 1 or [row.residents for row in found.rows] != [own.residents]:
        return found
    return replace(found, rows=[replace(own, keys=found.rows[0].keys)])


def _named(total: Demand, meta: Meta) -> float:
    residents = sum(row.residents for row in total.rows)
    return 1 - min(meta.merged / residents, 1) if residents else 1.0


def _deliveries(filters: Filters, actor: User) -> list[ImportRow]:
    # By age over time only for those who may see residents: the service would refuse.
    if filters.age_group and is_restricted(actor):
        return []
    return find_trend(question=filters.question(group_by=(), min_residents=0), actor=actor).rows
