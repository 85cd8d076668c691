"""The cities that airports name: names of their own, each with a place to look for it."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from airports.geo import EARTH_RADIUS
from analytics.places.cities import City
from analytics.places.index import NameIndex, name_index
from analytics.places.names import key_of
from analytics.places.regions import Region

# An airport farther from a city than this, in metres, is not that city's.
_REACH = 100_000.0
# A city so many times larger, and so near, is the one that the airport of its suburb is for: Ezeiza's, Buenos Aires'.
_SUBURB = 40_000.0
_LARGER = 10
# A city beside an airport has so many inhabitants, and so many letters of its name in common.
_NOTED = 100_000
_ALIKE = 4
# No part of a name that is a name is as short.
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class AirportCity:
    """What an airport says of its city: name, ISO code of its country ("" if unknown), degrees, Olson name or "", and
    its own IATA code or ""."""

    name: str
    country: str
    latitude: float
    longitude: float
    time_zone: str
    iata: str = ""

    def is_in(self, regions: tuple[Region, ...] | None) -> bool:
        """Ignores regions in a country: airports know nothing of them."""
        return regions is None or Region(self.country) in regions


class AirportCities:
    """The airports' cities by the key of their names, and by their codes; of `A / B` and `A-B` each part is one."""

    def __init__(self, cities: Iterable[AirportCity]) -> None:
        self._by_key: dict[str, list[AirportCity]] = defaultdict(list)
        self._by_code: dict[str, AirportCity] = {}
        for city in cities:
            for name in dict.fromkeys([city.name, *_parts(city.name)]):
                self._by_key[key_of(name)].append(city)
            if city.iata:
                self._by_code[key_of(city.iata)] = city

    def cities_named(self, key: str, index: NameIndex) -> list[City]:
        """Finds for each airport whose city has this name GeoNames' nearest city with it, if one is near."""
        named = index.named(key)
        airports = self._by_key.get(key, ())
        near = [nearest(airport, named or _of_parts(airport, index) or _beside(airport)) for airport in airports]
        return [city for city in dict.fromkeys(near) if city is not None]

    def city_of_code(self, code: str, index: NameIndex) -> City | None:
        """The city of the airport with this IATA code; of one in a suburb the city that it is for."""
        airport = self._by_code.get(code)
        if airport is None:
            return None
        city = nearest(airport, index.named(key_of(airport.name)) or _of_parts(airport, index))
        coded = [one for one in index.codes.get(code, ()) if metres(one, airport) <= _REACH]
        found = max([*coded, *([city] if city else [])], key=lambda one: (one.population, one.geoname_id), default=None)
        around = nearest(airport, index.largest, reach=_SUBURB)
        return around if found and around and around.population >= _LARGER * found.population else found

    def without_city(self, key: str, regions: tuple[Region, ...] | None) -> AirportCity | None:
        """The airport whose coordinates stand for a city that is too small for GeoNames' list.

        None where two airports are farther apart than one city's are: nobody could say which of them is meant. Where no
        country is told, the airfields of hamlets, which have no IATA code, are not meant.
        """
        airports = [one for one in self._by_key.get(key, ()) if one.is_in(regions) and (regions or one.iata)]
        airports.sort(key=lambda airport: (airport.latitude, airport.longitude, airport.time_zone))
        if not airports or any(metres(airports[0], other) > _REACH for other in airports):
            return None
        return airports[0]


def _parts(name: str) -> list[str]:
    """`La Paz / El Alto`, `Puerto Ordaz-Ciudad Guayana`; not the `na` of `Komsomolsk-na-Amure`."""
    parts = re.split("[/-]", name) if "/" in name or "-" in name else []
    return [part for part in parts if part.strip()[:1].isupper() and len(part.strip()) > _SHORTEST]


def _of_parts(airport: AirportCity, index: NameIndex) -> list[City]:
    """`La Paz / El Alto` is La Paz, `Puerto Ordaz-Ciudad Guayana` the second: the first part that is a city."""
    return next((cities for part in _parts(airport.name) if (cities := index.named(key_of(part)))), [])


def _beside(airport: AirportCity) -> list[City]:
    """`Vinnitsa` is Vinnytsia: the city of note beside the airport whose name begins alike."""
    alike = _noted_cities().get(key_of(airport.name)[:_ALIKE], ())
    return [city for city in alike if city.country == airport.country and metres(airport, city) < _SUBURB]


@cache
def _noted_cities() -> dict[str, list[City]]:
    """The cities of note by how their names begin."""
    found: dict[str, list[City]] = defaultdict(list)
    for key, cities in name_index().own.items():
        found[key[:_ALIKE]] += [city for city in cities if city.population >= _NOTED]
    return dict(found)


def nearest(airport: AirportCity, cities: Iterable[City], *, reach: float = _REACH) -> City | None:
    """The nearest of `cities` that is no farther from the airport than a city's airport is."""
    reached = [(metres(airport, city), city.geoname_id, city) for city in cities]
    reached = [found for found in reached if found[0] <= reach]
    return min(reached)[2] if reached else None


def metres(one: AirportCity | City, other: AirportCity | City) -> float:
    """On the sphere."""
    south, north = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half)))
