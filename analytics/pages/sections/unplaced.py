"""The towns that are not on the map, and those that staff put there."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.models import TownPlace
from analytics.pages import words
from analytics.pages.filters import Filters
from analytics.pages.reading import UNPLACED
from analytics.services.asking.questions import Row
from analytics.services.placing.placer import TownCandidate
from analytics.services.placing.unplaced_towns import UnplacedTown


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


@dataclass(frozen=True, slots=True)
class Alias:
    """A town that staff placed."""

    town: str
    city: str


def towns_to_settle(towns: Sequence[UnplacedTown], filters: Filters) -> list[Town]:
    """For those who choose: of the whole picture, whatever is filtered."""
    return [
        Town(town.town, words.count(town.courses), _href(town.town, filters), list(map(_candidate, town.candidates)))
        for town in towns
    ]


def towns_to_see(rows: Sequence[Row], filters: Filters) -> list[Town]:
    """For the others: small towns are merged, as everywhere."""
    shown = [row for row in rows if not row.is_other][:UNPLACED]
    return [Town(row.keys["town"], words.count(row.courses), _href(row.keys["town"], filters), []) for row in shown]


def aliases(places: Sequence[TownPlace]) -> list[Alias]:
    """What can be undone."""
    return [Alias(place.town, f"{place.city}, {place.country}") for place in places]


def _href(town: str, filters: Filters) -> str:
    return filters.segment({"town": town})


def _candidate(candidate: TownCandidate) -> Candidate:
    detail = f"{words.count(candidate.population)} people" if candidate.population else ""
    return Candidate(candidate.geoname_id, f"{candidate.name}, {candidate.country}", detail)
