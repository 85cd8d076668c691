"""Finds towns without a place, and the cities that they may be: what staff settle."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from analytics.models import CurrentSegment, Spelling, TownPlace
from analytics.services.placing.placer import TownCandidate


@dataclass(frozen=True, slots=True)
class UnplacedTown:
    """A town as it is shown, its residents and their courses in the current picture, and the cities it may be."""

    town: str
    residents: int
    courses: int
    candidates: list[TownCandidate]


def unplaced(*, limit: int = 100, offset: int = 0, suggested: int = 5) -> list[UnplacedTown]:
    """Lists the towns that were tried and not found, by their residents' courses, each with `suggested` candidates."""
    return [_unplaced(place, suggested) for place in _by_demand()[offset : offset + limit]]


def unplaced_count() -> int:
    """Counts the towns that were tried and not found."""
    return TownPlace.objects.unplaced().count()


def _by_demand() -> QuerySet[TownPlace]:
    return TownPlace.objects.unplaced().by_demand(CurrentSegment.objects.all()).with_name(Spelling.objects.all())


def _unplaced(place: TownPlace, suggested: int) -> UnplacedTown:
    demand: dict[str, Any] = vars(place)
    return UnplacedTown(demand["name"], demand["residents"], demand["courses"], _stored(place, suggested))


def _stored(place: TownPlace, limit: int) -> list[TownCandidate]:
    return [TownCandidate(**suggestion) for suggestion in place.suggestions[:limit]]
