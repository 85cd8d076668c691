"""Finds the places of towns; writes nothing."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from airports.countries import country_code
from airports.geo import Point
from airports.models import Airport
from analytics.models import TownPlace
from analytics.places.airport_cities import AirportCities, AirportCity
from analytics.places.cities import City, city_by_id
from analytics.places.index import name_index
from analytics.places.matcher import Match, Matcher
from analytics.places.similar import similar_names
from analytics.services.placing.nearest_airport import nearest_airport

# How many are kept with a town.
SUGGESTIONS = 10


@dataclass(frozen=True, slots=True)
class TownCandidate:
    """A city that a town may be, perhaps the one it is placed at. `similarity`: 1 is the same name, else it is less."""

    geoname_id: int
    name: str
    country: str
    population: int
    similarity: float


class Placer:
    """Places towns by what the airports are at its making."""

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(name_index(), AirportCities(_airport_cities()))

    def place(self, town: str, name: str, *, at: datetime) -> TownPlace:
        """Finds the unsaved place of `town`, a fold, by its `name`, and what else it may be."""
        found = self._matcher.match(name)
        method = TownPlace.Method(found.found) if found else TownPlace.Method.UNPLACED
        place = place_of(town, method, found.place if found else None, at=at)
        place.suggestions = [asdict(candidate) for candidate in _candidates(name, found)]
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


def _candidates(name: str, found: Match | None) -> list[TownCandidate]:
    """Lists the cities of that name; where it was not found those whose names are like it."""
    if found is None:
        return [_candidate(one.city, one.similarity) for one in similar_names().suggest(name, limit=SUGGESTIONS)]
    cities = [*([found.place] if isinstance(found.place, City) else []), *found.others]
    return [_candidate(city, 1.0) for city in cities[:SUGGESTIONS]]


def _candidate(city: City, similarity: float) -> TownCandidate:
    return TownCandidate(city.geoname_id, city.name, city.country, city.population, similarity)


def _airport_cities() -> list[AirportCity]:
    """Reads what the live airports say of their cities, each once."""
    rows = Airport.objects.live().exclude(city=None).values_list("city", "country", "latitude", "longitude", "tz")
    return [
        AirportCity(city or "", country_code(country or "") or "", latitude, longitude, time_zone or "")
        for city, country, latitude, longitude, time_zone in rows.order_by("pk")
    ]
