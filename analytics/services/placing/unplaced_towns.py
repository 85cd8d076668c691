"""Finds towns without a place, or with an ambiguous name, and the cities that they may be: what staff settle."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from analytics.models import CurrentSegment, Spelling, TownPlace
from analytics.querysets import TownPlaceQuerySet
from analytics.services.placing.placer import TownCandidate


@dataclass(frozen=True, slots=True)
class UnplacedTown:
    """A town as it is shown, its residents and their courses in the current picture, and the cities it may be."""

    town: str
    residents: int
    courses: int
    candidates: list[TownCandidate]


@dataclass(frozen=True, slots=True)
class AmbiguousTown:
    """A town whose name is several cities', where it is now, its demand as above, and the other cities it may be."""

    town: str
    city: str
    country: str
    residents: int
    courses: int
    alternatives: list[TownCandidate]


def ambiguous(*, limit: int = 100, offset: int = 0, suggested: int = 5) -> list[AmbiguousTown]:
    """Lists the towns whose name may mean another city as well, by their residents' courses; none that staff placed."""
    found = _by_demand(TownPlace.objects.ambiguous())[offset : offset + limit]
    return [_ambiguous(place, suggested) for place in found]


def _ambiguous(place: TownPlace, suggested: int) -> AmbiguousTown:
    demand: dict[str, Any] = vars(place)
    alternatives = [TownCandidate.of(one) for one in place.alternatives[:suggested]]
    return AmbiguousTown(
        demand["name"], place.city, place.country, demand["residents"], demand["courses"], alternatives
    )


def unplaced(*, limit: int = 100, offset: int = 0, suggested: int = 5) -> list[UnplacedTown]:
    """Lists the towns that were tried and not found, by their residents' courses, each with `suggested` candidates."""
    found = _by_demand(TownPlace.objects.unplaced())[offset : offset + limit]
    return [_unplaced(place, suggested) for place in found]


def unplaced_count() -> int:
    """Counts the towns that were tried and not found."""
    return TownPlace.objects.unplaced().count()


def _by_demand(places: TownPlaceQuerySet) -> QuerySet[TownPlace]:
    return places.by_demand(CurrentSegment.objects.all()).with_name(Spelling.objects.all())


def _unplaced(place: TownPlace, suggested: int) -> UnplacedTown:
    demand: dict[str, Any] = vars(place)
    candidates = [TownCandidate.of(one) for one in place.suggestions[:suggested]]
    return UnplacedTown(demand["name"], demand["residents"], demand["courses"], candidates)
