"""Which of the cities that a name may mean it means: the heaviest, or a very large one where it was guessed."""

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.places.airport_cities import AirportCity, metres
from analytics.places.candidates import SAME_PLACE, Candidate, Found
from analytics.places.cities import City

# How many times larger than the next the city must be where the spelling was guessed.
_OTHER_SPELLING = 10
# What weighs less than the city that was found by so many times is no alternative to it.
_ALTERNATIVE = 22


@dataclass(frozen=True, slots=True)
class Match:
    """The place that a name means, a city or at least an airport; `alternatives` are the cities that it may mean as
    well, `others` all further cities of that name."""

    found: Found
    place: City | AirportCity
    alternatives: tuple[City, ...] = ()
    others: tuple[City, ...] = ()


def undoubted(cities: Iterable[City], *, than: Iterable[City] = ()) -> Match | None:
    """The one that is much larger than the others, and not much smaller `than` those."""
    ranked = sorted(cities, key=lambda city: (-city.population, city.geoname_id))
    if not ranked or (len(ranked) > 1 and ranked[0].population < _OTHER_SPELLING * ranked[1].population):
        return None
    if any(other.population >= _OTHER_SPELLING * ranked[0].population for other in than):
        return None
    return Match(Found.SPELLING, ranked[0], others=tuple(ranked[1:]))


def best(candidates: list[Candidate]) -> Match | None:
    """The heaviest; a city that airports name too is found by them."""
    ranked = sorted(candidates, key=Candidate.rank)
    if not ranked:
        return None
    first = ranked[0]
    by_airport = any(c.place == first.place and c.found == Found.AIRPORT_CITY for c in ranked)
    others = [c for c in ranked if c.place != first.place and isinstance(c.place, City)]
    # Evidence leaves no doubt smaller: whether a name is ambiguous does not depend on it.
    least = max(c.weight for c in ranked) / _ALTERNATIVE
    near = [c for c in others if c.weight >= least and metres(c.place, first.place) > SAME_PLACE]
    return Match(
        Found.AIRPORT_CITY if by_airport else first.found,
        first.place,
        tuple(dict.fromkeys(c.place for c in near if isinstance(c.place, City))),
        tuple(dict.fromkeys(c.place for c in others if isinstance(c.place, City))),
    )
