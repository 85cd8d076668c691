"""The cities that have a name, weighed by how likely each is meant.

A city weighs what its inhabitants are, more in the country of the other towns, less where the name is not quite its
own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeGuard

from analytics.places.airport_cities import AirportCities, AirportCity, metres
from analytics.places.cities import City, other_names
from analytics.places.index import NameIndex, code_in
from analytics.places.names import in_latin, key_of, normalise, own_names, sound, spelling
from analytics.places.regions import Region, names_of

# How many times larger the city must be of which something is only another name; where so many of its names sound so,
# or its own name ends so; where its own name sounds so; and where that is in general use.
OTHER_NAME = 250
_KNOWN_NAME = 50
_KNOWN_BY = 4
_ALIKE_NAME = 20
_COMMON_NAME = 8
# … and where it is the name of the city's region too, as `Gerona` of Girona's: both are official.
_OFFICIAL_NAME = 2
# The other names of smaller cities are known to nobody elsewhere, unless so many languages have names for the city, as
# for Luxembourg and Venice.
KNOWN_FROM = 500_000
_KNOWN_IN = 60
# How many times larger the city must be whose own name is written with other spaces, or with other accents where the
# town has any.
_OTHER_WRITING = 20
# A code in capitals is meant before a small city's name in capitals.
_CODE = 2
# How many times larger a city with an accent must be where the town has none.
_WITHOUT_ACCENTS = 1.25
# … and where these accents are those of another of its names: `València`.
_OTHER_ACCENT = 5
# What a city of the list weighs at least: of some nobody knows the inhabitants.
_SMALL = 15_000
# What a city weighs that only an airport knows: it has fewer than those of the list.
_UNLISTED = 500
# How many times more a city weighs in the country of all the other towns that are delivered with the town.
_EVIDENCE = 20
# How many times larger the city is of which another one is a part, and how near, in metres.
_LARGER = 5
SAME_PLACE = 30_000.0
# A city of so many inhabitants is known elsewhere.
NOTED = 100_000
# How far a town is from the city that stands behind it, in metres, if it is in another region.
_NEAR = 100_000.0
# So many times larger is a city than its district.
_DISTRICT = 2
Regions = tuple[Region, ...] | None
# ISO codes of countries, and the share of the towns delivered together that is there: 0 to 1.
Evidence = Mapping[str, float]
NO_EVIDENCE: Evidence = MappingProxyType({})


class Found(StrEnum):
    """The ways by which a town is found."""

    AIRPORT_CITY = "airport_city"
    NAME = "name"
    ALTERNATE_NAME = "alternate_name"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A city that a name may mean, or an airport where no city is known."""

    weight: float
    found: Found
    place: City | AirportCity
    # How many times likelier it is by where the other towns are.
    evidence: float = 1.0

    def rank(self) -> tuple[float, int]:
        """The heaviest first; the same city first however the candidates came."""
        return -self.weight * self.evidence, self.place.geoname_id if isinstance(self.place, City) else 0


class Candidates:
    """Finds them for one state of the airports and one evidence."""

    def __init__(self, index: NameIndex, airports: AirportCities, context: Evidence) -> None:
        self._index = index
        self._airports = airports
        self._context = context

    def named(self, town: str, regions: Regions) -> list[Candidate]:
        """Each city of the name, once for each way in which it has it."""
        key = key_of(town)
        if not key:
            return []
        index = self._index
        own = inside(index.own.get(key, ()), regions)
        others = inside(index.others.get(key, ()), regions)
        at_airports = inside(self._airports.cities_named(key, index), regions)
        ways = [
            *((city, Found.ALTERNATE_NAME, otherwise_named(city, key)) for city in others),
            *((city, Found.ALTERNATE_NAME, _COMMON_NAME) for city in inside(index.common.get(key, ()), regions)),
            *((city, Found.ALTERNATE_NAME, _CODE) for city in inside(self._coded(town), regions)),
            *((city, Found.NAME, _otherwise_written(city, town)) for city in own),
            *((city, Found.AIRPORT_CITY, _shortened(city, town)) for city in at_airports if city not in own),
            *((city, Found.AIRPORT_CITY, _otherwise_written(city, town)) for city in at_airports if city in own),
        ]
        named = {*own, *others}
        found = [self._candidate(city, way, less) for city, way, less in ways if not _is_part(city, named)]
        alone = None if own or at_airports else self._airports.without_city(key, regions)
        return found if alone is None else [*found, Candidate(_UNLISTED, Found.AIRPORT_CITY, alone)]

    def _coded(self, town: str) -> list[City]:
        """What it is as a code: an airport's before others'."""
        code = code_in(town)
        if code is None:
            return []
        city = self._airports.city_of_code(code, self._index)
        others = self._index.codes.get(code, [])
        if city is None:
            return others
        # `SPS` is San Pedro Sula's to more people than Wichita Falls' airport.
        return [city, *(other for other in others if other.population >= _LARGER * city.population)]

    def _candidate(self, city: City, way: Found, less: float) -> Candidate:
        evidence = 1 + _EVIDENCE * self._context.get(city.country, 0.0)
        return Candidate(max(city.population, _SMALL) / less, way, city, evidence)


def inside(cities: Iterable[City], regions: Regions) -> list[City]:
    """The ones that are in one of the regions; all without regions."""
    return [city for city in cities if regions is None or any(region.holds(city) for region in regions)]


def is_district(place: City | AirportCity, city: City | AirportCity) -> bool:
    """Whether the place is so near to a city, and so much smaller, that it is hardly one of its own."""
    if not isinstance(city, City) or not isinstance(place, City):
        return False
    return city.population >= _DISTRICT * place.population and metres(place, city) < SAME_PLACE


def is_around(place: City | AirportCity, city: City) -> bool:
    """Whether it is in the region of the city, or near."""
    same = isinstance(place, City) and Region(city.country, city.region).holds(place)
    return same or metres(place, city) < _NEAR


def is_noted(place: City | AirportCity) -> TypeGuard[City]:
    return isinstance(place, City) and place.population >= NOTED


def _otherwise_written(city: City, town: str) -> float:
    """Who writes accents means them, in whichever of the city's languages; who writes none may have left them out."""
    written = spelling(town)
    names = [name for name in own_names(city.name) if normalise(name) == normalise(town)]
    if any(spelling(name) == written for name in names):
        return 1
    if written.isascii():
        return _WITHOUT_ACCENTS if names else _OTHER_WRITING
    return _OTHER_ACCENT if any(spelling(name) == written for name in other_names(city.geoname_id)) else _OTHER_WRITING


def otherwise_named(city: City, key: str) -> int:
    """`Calcutta` has a dozen spellings, `Petersburg` ends the own name: known, as a small language's name is not."""
    if city.population >= NOTED and key in {key_of(name) for name in names_of(Region(city.country, city.region))}:
        return _OFFICIAL_NAME
    if city.population < KNOWN_FROM and city.other_names < _KNOWN_IN:
        return OTHER_NAME
    if any(key_of(city.name[:end]) == key for end in _ends_of_words(city.name)):
        return _COMMON_NAME
    heard = sound(key)
    if sound(key_of(city.name)) == heard:
        return _ALIKE_NAME
    spelt = sum(sound(key_of(in_latin(name) or name)) == heard for name in other_names(city.geoname_id))
    return _KNOWN_NAME if spelt >= _KNOWN_BY or key_of(city.name).endswith(key) else OTHER_NAME


def _ends_of_words(name: str) -> list[int]:
    """`León de los Aldama` is called León."""
    return [position for position, letter in enumerate(name) if letter == " "]


def _is_part(city: City, others: Iterable[City]) -> bool:
    """`Victoria` is a city in Hong Kong, which is called so too."""
    return any(other.population >= _LARGER * city.population and metres(city, other) < SAME_PLACE for other in others)


def _shortened(city: City, town: str) -> int:
    """Airports say `Santa Cruz` for Santa Cruz de la Sierra; any other name of theirs counts less."""
    return 1 if normalise(city.name).startswith(f"{normalise(town)} ") else _COMMON_NAME
