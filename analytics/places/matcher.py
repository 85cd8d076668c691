"""Which city a town's name means.

Every city of that name is a candidate; the largest wins. Names are not worth the same: another name than the city's
own counts only if no airport's city and no city's own name is the same, unless its city is very much larger.
"""

from dataclasses import dataclass
from enum import StrEnum

from analytics.places.airport_cities import AirportCities, AirportCity
from analytics.places.cities import City
from analytics.places.index import NameIndex
from analytics.places.names import key_of, normalise, other_spellings, own_names, spelling
from analytics.places.regions import Qualified, Region, qualified

# How many times larger the city must be of which something is only another name, and where that is in general use.
_OTHER_NAME = 250
_COMMON_NAME = 8
# How many times larger the city must be whose own name is written with other spaces, or with other accents where the
# town has any.
_OTHER_WRITING = 20
# How many times larger than the next the city must be where the spelling was guessed.
_OTHER_SPELLING = 10
# What a city of the list weighs at least: of some nobody knows the inhabitants.
_SMALL = 15_000
# What a city weighs that only an airport knows: it has fewer than those of the list.
_UNLISTED = 8_000


class Found(StrEnum):
    """The ways by which a town is found."""

    AIRPORT_CITY = "airport_city"
    NAME = "name"
    ALTERNATE_NAME = "alternate_name"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class Match:
    """The place that a name means, a city or at least an airport; `others` are further cities of that name."""

    found: Found
    place: City | AirportCity
    others: tuple[City, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    weight: float
    found: Found
    place: City | AirportCity

    def rank(self) -> tuple[float, int]:
        """The heaviest first; the same city first however the candidates came."""
        return -self.weight, self.place.geoname_id if isinstance(self.place, City) else 0


class Matcher:
    """Answers for one state of the airports. The answer for a town depends on nothing but its name."""

    def __init__(self, index: NameIndex, airports: AirportCities) -> None:
        self._index = index
        self._airports = airports

    def match(self, town: str) -> Match | None:
        """Finds what `town` means, or None where that would be a guess."""
        parts = qualified(town)
        if parts is not None:
            return self._qualified(town, parts)
        return self._within(town, None) or self._in_parts(town) or self._respelt(town, None)

    def _qualified(self, town: str, parts: Qualified) -> Match | None:
        """`Town, Country`: only there."""
        for region in parts.regions:
            match = self._within(parts.town, region) or self._within(town, region) or self._respelt(parts.town, region)
            if match and not (parts.vague and match.others):
                return match
        return None

    def _in_parts(self, town: str) -> Match | None:
        """`Alacant / Alicante`: when every part means the same city."""
        parts = town.split("/")
        matches = [self._within(part, None) for part in parts] if len(parts) > 1 else []
        places = {match.place if match else None for match in matches}
        return matches[0] if len(places) == 1 else None

    def _within(self, town: str, region: Region | None) -> Match | None:
        return _best(self._candidates(key_of(town), town, region))

    def _candidates(self, key: str, town: str, region: Region | None) -> list[_Candidate]:
        """Each city of the name, once, with what its name is worth."""
        if not key:
            return []
        index = self._index
        own, others, common, at_airports = (
            [city for city in cities if region is None or region.holds(city)]
            for cities in (
                index.own.get(key, ()),
                index.others.get(key, ()),
                index.common.get(key, ()),
                self._airports.cities_named(key, index),
            )
        )
        candidates = [_Candidate(_weight(city) / _OTHER_NAME, Found.ALTERNATE_NAME, city) for city in others]
        candidates += [_Candidate(_weight(city) / _COMMON_NAME, Found.ALTERNATE_NAME, city) for city in common]
        candidates += [_Candidate(_as_written(city, town), Found.NAME, city) for city in own]
        for city in at_airports:
            weight = _as_written(city, town) if city in own else _as_shortened(city, town)
            candidates.append(_Candidate(weight, Found.AIRPORT_CITY, city))
        alone = None if own or at_airports else self._airports.without_city(key, region)
        return candidates if alone is None else [*candidates, _Candidate(_UNLISTED, Found.AIRPORT_CITY, alone)]

    def _respelt(self, town: str, region: Region | None) -> Match | None:
        """By other letters: only what leaves no doubt."""
        keys = other_spellings(town)
        cities = {city for key in keys for city in self._index.named(key) if region is None or region.holds(city)}
        ranked = sorted(cities, key=lambda city: (-city.population, city.geoname_id))
        if not ranked or (len(ranked) > 1 and ranked[0].population < _OTHER_SPELLING * ranked[1].population):
            return None
        return Match(Found.SPELLING, ranked[0], tuple(ranked[1:]))


def _weight(city: City) -> float:
    return max(city.population, _SMALL)


def _as_written(city: City, town: str) -> float:
    """Who writes accents means them; who writes none may have left them out."""
    written = spelling(town)
    same = any(
        normalise(name) == normalise(town) and (written.isascii() or spelling(name) == written)
        for name in own_names(city.name)
    )
    return _weight(city) / (1 if same else _OTHER_WRITING)


def _as_shortened(city: City, town: str) -> float:
    """Airports say `Santa Cruz` for Santa Cruz de la Sierra; any other name of theirs counts less."""
    return _weight(city) / (1 if normalise(city.name).startswith(f"{normalise(town)} ") else _COMMON_NAME)


def _best(candidates: list[_Candidate]) -> Match | None:
    """The heaviest; a city that airports name too is found by them."""
    ranked = sorted(candidates, key=_Candidate.rank)
    if not ranked:
        return None
    best = ranked[0]
    by_airport = any(c.place == best.place and c.found == Found.AIRPORT_CITY for c in ranked)
    others = dict.fromkeys(c.place for c in ranked if c.place != best.place and isinstance(c.place, City))
    return Match(Found.AIRPORT_CITY if by_airport else best.found, best.place, tuple(others))
