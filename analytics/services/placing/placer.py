"""Finds the places of towns; writes nothing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from airports.countries import country_code
from airports.geo import Point
from airports.models import Airport
from analytics.models import TownPlace
from analytics.places.airport_cities import AirportCities, AirportCity
from analytics.places.candidates import NO_EVIDENCE, Evidence
from analytics.places.cities import City, city_by_id
from analytics.places.index import name_index
from analytics.places.matcher import Matcher
from analytics.places.matches import Match
from analytics.places.similar import similar_names
from analytics.services.placing.nearest_airport import nearest_airport

# How many are kept with a town.
SUGGESTIONS = 10


@dataclass(frozen=True, slots=True)
class TownCandidate:
    """A city that a town may be, perhaps the one it is placed at."""

    geoname_id: int
    name: str
    country: str
    population: int

    @classmethod
    def of(cls, suggestion: Mapping[str, Any]) -> "TownCandidate":
        """Reads one of the suggestions that are stored with a town."""
        return cls(*(suggestion[name] for name in cls.__slots__))


class Placer:
    """Places towns by what the airports are at its making."""

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(name_index(), AirportCities(_airport_cities()))

    def place(self, town: str, name: str, *, at: datetime, evidence: Evidence = NO_EVIDENCE) -> TownPlace:
        """Finds the unsaved place of `town`, a fold, by its `name` and by where the other towns are, and what else it
        may be."""
        found = self._matcher.match(name, context=evidence)
        method = TownPlace.Method(found.found) if found else TownPlace.Method.UNPLACED
        place = place_of(town, method, found.place if found else None, at=at)
        place.suggestions = _suggestions(name, found)
        return place


def place_by_alias(named: TownPlace, geoname_id: int) -> TownPlace:
    """Places a town at the city that staff say it is, with what its name may be else."""
    city = city_by_id(geoname_id)
    # An id that the list of cities has lost is not replaced by a guess.
    method = TownPlace.Method.ALIAS if city else TownPlace.Method.UNPLACED
    place = place_of(named.town, method, city, at=named.placed_at)
    place.suggestions = named.suggestions
    return place


def place_of(town: str, method: TownPlace.Method, place: City | AirportCity | None, *, at: datetime) -> TownPlace:
    """Makes the unsaved row that says that `town` is there, with its nearest airport, or, without `place`, nowhere."""
    if place is None:
        return TownPlace(town=town, method=method, placed_at=at)
    values: dict[str, Any] = {
        "city": place.name,
        "country": place.country,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "time_zone": place.time_zone,
        "geoname_id": place.geoname_id if isinstance(place, City) else None,
    }
    near = nearest_airport(Point(place.latitude, place.longitude))
    if near:
        values |= {"airport_id": near.airport_id, "airport_distance": near.distance}
    return TownPlace(town=town, method=method, placed_at=at, **values)


def _suggestions(name: str, found: Match | None) -> list[dict[str, Any]]:
    """Lists the cities of that name; where it was not found those whose names are like it."""
    if found is None:
        return [_suggestion(one.city, one.similarity) for one in similar_names().suggest(name, limit=SUGGESTIONS)]
    placed = [found.place] if isinstance(found.place, City) else []
    cities = dict.fromkeys([*placed, *found.alternatives, *found.others])
    return [_suggestion(city, 1.0, alternative=city in found.alternatives) for city in list(cities)[:SUGGESTIONS]]


def _suggestion(city: City, similarity: float, *, alternative: bool = False) -> dict[str, Any]:
    """`similarity`: 1 is the same name, else it is less; `alternative`: a placed town may as well be there."""
    candidate = TownCandidate(city.geoname_id, city.name, city.country, city.population)
    return asdict(candidate) | {"similarity": similarity, "alternative": alternative}


def _airport_cities() -> list[AirportCity]:
    """Reads what the live airports say of their cities, each once."""
    fields = ("city", "country", "latitude", "longitude", "tz", "iata")
    rows = Airport.objects.live().exclude(city=None).values_list(*fields)
    return [
        AirportCity(city or "", country_code(country or "") or "", latitude, longitude, time_zone or "", iata or "")
        for city, country, latitude, longitude, time_zone, iata in rows.order_by("pk")
    ]
