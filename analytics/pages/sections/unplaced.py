"""The towns that are not on the map, as a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.pages import labels
from analytics.pages.filters import Filters
from analytics.services.asking.questions import Row
from analytics.services.placing.placer import TownCandidate
from analytics.services.placing.unplaced_towns import UnplacedTown

MOST_TOWNS = 8
_ALL = Filters()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A city to choose."""

    geoname_id: int
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Town:
    """A town without a place, and what it may be."""

    name: str
    courses: str
    href: str
    candidates: list[Candidate]


def towns_to_settle(towns: Sequence[UnplacedTown], filters: Filters = _ALL) -> list[Town]:
    """Lists towns for those who choose: of the whole picture, whatever is filtered."""
    return [_town(town.town, town.courses, filters, [_candidate(one) for one in town.candidates]) for town in towns]


def towns_to_see(rows: Sequence[Row], filters: Filters = _ALL) -> list[Town]:
    """Lists towns for the others: small ones are merged, as everywhere."""
    return [_town(row.keys["city"] or "", row.courses, filters, []) for row in rows if not row.is_other]


def _town(name: str, courses: int, filters: Filters, candidates: list[Candidate]) -> Town:
    return Town(name, labels.count(courses), filters.segment({"town": name}), candidates)


def _candidate(candidate: TownCandidate) -> Candidate:
    detail = f"{labels.count(candidate.population)} people" if candidate.population else ""
    return Candidate(candidate.geoname_id, f"{candidate.name}, {candidate.country}", detail)
