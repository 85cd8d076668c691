"""The cities that airports name: names of their own, each with a place to look for it."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from airports.geo import EARTH_RADIUS
from analytics.places.cities import City
from analytics.places.index import NameIndex
from analytics.places.names import key_of
from analytics.places.regions import Region

# An airport farther from a city than this, in metres, is not that city's.
_REACH = 100_000.0
# A city so many times larger, and so near, is the one that the airport of its suburb is for: Ezeiza's, Buenos Aires'.
_SUBURB = 40_000.0
_LARGER = 10


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
        near = [nearest(airport, named or _of_parts(airport, index)) for airport in self._by_key.get(key, ())]
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

        None where two airports are farther apart than one city's are: nobody could say which of them is meant.
        """
        airports = [airport for airport in self._by_key.get(key, ()) if airport.is_in(regions)]
        airports.sort(key=lambda airport: (airport.latitude, airport.longitude, airport.time_zone))
        if not airports or any(metres(airports[0], other) > _REACH for other in airports):
            return None
        return airports[0]


def _parts(name: str) -> list[str]:
    """`La Paz / El Alto`, `Puerto Ordaz-Ciudad Guayana`; not the `na` of `Komsomolsk-na-Amure`."""
    parts = re.split("[/-]", name) if "/" in name or "-" in name else []
    return [part for part in parts if part.strip()[:1].isupper()]


def _of_parts(airport: AirportCity, index: NameIndex) -> list[City]:
    """`La Paz / El Alto` is La Paz, `Puerto Ordaz-Ciudad Guayana` the second: the first part that is a city."""
    return next((cities for part in _parts(airport.name) if (cities := index.named(key_of(part)))), [])


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
