"""Where the cities of an answer are, and the airports near them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from airports.models import Airport as StoredAirport
from analytics.models import PublishedPlace, TownPlace
from analytics.services.asking.questions import Airport, City, CityTown, Row
from analytics.services.placing.placer import TownCandidate
from config.common.spellings import fold

_DECIMALS_OF_A_METRE = 3
# Of an airport.
_SHOWN = ("name", "iata", "icao", "city", "country", "latitude", "longitude")
# The name and the country of a city.
CityKey = tuple[str | None, str | None]


class Atlas:
    """Where the cities are, and which of `towns`, rows by city and town, lie in each of them.

    `restricted`: callers who may not see residents are told nothing of a town that moved, before it was decided anew
    what they may see.
    """

    def __init__(self, towns: Iterable[Row], *, restricted: bool) -> None:
        placed = TownPlace.objects.placed().order_by("town")
        known = placed.published(PublishedPlace.objects.all()) if restricted else placed
        self._places = {place.town: place for place in known}
        self._cities: dict[CityKey, TownPlace] = {}
        for place in self._places.values():
            self._cities.setdefault(_of_place(place), place)
        self._towns: dict[CityKey, list[Row]] = defaultdict(list)
        for row in towns:
            if not row.is_other:
                self._towns[_key(row.keys)].append(row)
        self._airports = _airports(self._places.values())

    def has(self, row: Row) -> bool:
        """Whether the city is on the map."""
        return not row.is_other and _key(row.keys) in self._cities

    def city(self, row: Row) -> City:
        """Describes the city of a row: it is where those of its residents are who are the most in one town."""
        key = _key(row.keys)
        place = self._place(key)
        return City(
            city=place.city,
            country=place.country,
            method=place.method,
            latitude=place.latitude or 0.0,
            longitude=place.longitude or 0.0,
            time_zone=place.time_zone,
            airport=_airport(place, self._airports),
            towns=[self._town(one) for one in self._towns[key]],
            row=row,
        )

    def airport_within(self, metres: float, key: CityKey) -> StoredAirport | None:
        """Finds the airport nearest to a city of the answer; None for one that is farther, or not on the map."""
        place = self._place(key) if key in self._cities else None
        if place is None or place.airport_distance is None or place.airport_distance > metres:
            return None
        return self._airports.get(place.airport_id or 0)

    def _place(self, key: CityKey) -> TownPlace:
        names = (row.keys["town"] or "" for row in self._towns[key])
        here = (place for name in names if (place := self._of(name)) and _of_place(place) == key)
        return next(here, self._cities[key])

    def _of(self, town: str) -> TownPlace | None:
        return self._places.get(fold(town))

    def _town(self, row: Row) -> CityTown:
        town = row.keys["town"] or ""
        place = self._of(town)
        return CityTown(town, place.method if place else TownPlace.Method.UNPLACED, _alternatives(place), row)


def _of_place(place: TownPlace) -> CityKey:
    return place.city, place.country or None


def _key(keys: Mapping[str, str | None]) -> CityKey:
    return keys["city"], keys["country"]


def _alternatives(place: TownPlace | None) -> list[TownCandidate]:
    """Lists the other cities that the name of a town may mean, the likeliest first; none where staff said which."""
    if place is None or place.method == TownPlace.Method.ALIAS:
        return []
    return [TownCandidate.of(one) for one in place.alternatives]


def _airports(places: Iterable[TownPlace]) -> dict[int, StoredAirport]:
    numbers = {place.airport_id for place in places if place.airport_id is not None}
    return StoredAirport.objects.live().only(*_SHOWN).in_bulk(list(numbers))


def _airport(place: TownPlace, airports: dict[int, StoredAirport]) -> Airport | None:
    found = airports.get(place.airport_id or 0)
    if found is None or place.airport_distance is None:
        return None
    return Airport(found.pk, found.name, found.iata or found.icao, round(place.airport_distance, _DECIMALS_OF_A_METRE))
