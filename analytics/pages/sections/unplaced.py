"""The towns that are not on the map, as a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext

from analytics.pages import labels
from analytics.pages.filters import Filters
from analytics.services.asking.questions import Row
from analytics.services.placing.placer import TownCandidate
from analytics.services.placing.unplaced_towns import AmbiguousTown, UnplacedTown

MOST_TOWNS = 8
CANDIDATES = 4
_ALL = Filters()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A city to choose."""

    geoname_id: int
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Town:
    """A town, and what it may be. `place`: the city where it is, empty where it is nowhere."""

    name: str
    courses: str
    href: str
    candidates: list[Candidate]
    place: str


def towns_to_settle(towns: Sequence[UnplacedTown], filters: Filters = _ALL) -> list[Town]:
    """Lists towns for those who choose: of the whole picture, whatever is filtered."""
    return [_town(town.town, town.courses, filters, town.candidates) for town in towns]


def towns_in_doubt(towns: Sequence[AmbiguousTown], filters: Filters = _ALL) -> list[Town]:
    """Lists placed towns whose name is other cities' too, for those who choose."""
    return [
        _town(town.town, town.courses, filters, town.alternatives, place=f"{town.city}, {town.country}")
        for town in towns
    ]


def towns_to_see(rows: Sequence[Row], filters: Filters = _ALL) -> list[Town]:
    """Lists towns for the others: small ones are merged, as everywhere."""
    return [_town(row.keys["city"] or "", row.courses, filters, []) for row in rows if not row.is_other]


def _town(name: str, courses: int, filters: Filters, candidates: Sequence[TownCandidate], *, place: str = "") -> Town:
    choices = [_candidate(one) for one in candidates]
    return Town(name, labels.courses(courses), filters.segment({"town": name}), choices, place)


def _candidate(one: TownCandidate) -> Candidate:
    people = ngettext("%(count)s person", "%(count)s people", one.population or 0)
    detail = people % {"count": labels.count(one.population)} if one.population else ""
    return Candidate(one.geoname_id, f"{one.name}, {one.country}", detail)
