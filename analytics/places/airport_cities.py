"""The cities that airports name: names of their own, each with a place to look for it."""

import math
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


@dataclass(frozen=True, slots=True)
class AirportCity:
    """What an airport says of its city: name, ISO code of its country ("" if unknown), degrees, Olson name or ""."""

    name: str
    country: str
    latitude: float
    longitude: float
    time_zone: str

    def is_in(self, region: Region | None) -> bool:
        """Ignores regions in a country: airports know nothing of them."""
        return region is None or (region.code is None and self.country == region.country)


class AirportCities:
    """The airports' cities by the key of their names; of `A / B` each part is one."""

    def __init__(self, cities: Iterable[AirportCity]) -> None:
        self._by_key: dict[str, list[AirportCity]] = defaultdict(list)
        for city in cities:
            for name in dict.fromkeys([city.name, *city.name.split("/")]):
                self._by_key[key_of(name)].append(city)

    def cities_named(self, key: str, index: NameIndex) -> list[City]:
        """Finds for each airport whose city has this name GeoNames' nearest city with it, if one is near."""
        named = index.named(key)
        near = [nearest(airport, named or _first_part(airport, index)) for airport in self._by_key.get(key, ())]
        return [city for city in dict.fromkeys(near) if city is not None]

    def without_city(self, key: str, region: Region | None) -> AirportCity | None:
        """The airport whose coordinates stand for a city that is too small for GeoNames' list.

        None where two airports are farther apart than one city's are: nobody could say which of them is meant.
        """
        airports = [airport for airport in self._by_key.get(key, ()) if airport.is_in(region)]
        airports.sort(key=lambda airport: (airport.latitude, airport.longitude, airport.time_zone))
        if not airports or any(metres(airports[0], other) > _REACH for other in airports):
            return None
        return airports[0]


def _first_part(airport: AirportCity, index: NameIndex) -> list[City]:
    """`La Paz / El Alto` is La Paz."""
    return index.named(key_of(airport.name.split("/")[0])) if "/" in airport.name else []


def nearest(airport: AirportCity, cities: Iterable[City]) -> City | None:
    """The nearest of `cities` that is no farther from the airport than a city's airport is."""
    reached = [(metres(airport, city), city.geoname_id, city) for city in cities]
    reached = [found for found in reached if found[0] <= _REACH]
    return min(reached)[2] if reached else None


def metres(one: AirportCity | City, other: AirportCity | City) -> float:
    """On the sphere."""
    south, north = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half)))
