"""Which city a town's name means.

Every city of that name is a candidate (`candidates.py`); the heaviest wins. First the whole name is looked for, then
its parts, then other spellings of it: what is found earlier is not looked for again. Where a comma or brackets tell a
country or a region, the town is only there.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from analytics.places.airport_cities import AirportCities
from analytics.places.candidates import (
    KNOWN_FROM,
    NO_EVIDENCE,
    NOTED,
    OTHER_NAME,
    Candidates,
    Evidence,
    Found,
    Regions,
    inside,
    is_around,
    is_district,
    is_noted,
    otherwise_named,
)
from analytics.places.cities import City, small_places
from analytics.places.index import NameIndex, code_in
from analytics.places.matches import Match, best, undoubted
from analytics.places.misspelt import misspelt_names
from analytics.places.names import in_latin, key_of, other_spellings
from analytics.places.qualifiers import (
    Qualified,
    article_first,
    marked_readings,
    other_readings,
    parts_of,
    says_nothing,
    shortened_readings,
    without_numbers,
)
from analytics.places.regions import (
    LONGEST_CODE,
    Region,
    country_of,
    names_of,
    regions_called,
    regions_of,
    without_kind,
)
from analytics.places.shortened import cities_by_initials, shortened_cities

# Where so large a share of the other towns is, a small place is looked for too.
_MOST = 0.5
# A region is called after its main city by these words, and not by others: Buenos Aires' province is not the city.
_SEAT = re.compile(r"\b(oblast|oblasti|obl|обл|область|області|region)\b", re.IGNORECASE)
_WORDS = re.compile(r"[\W_]+")
# What may be anywhere.
_ANY_TOWN = frozenset(("centro", "pueblo", "ciudad", "capital", "city", "town", "otro", "otra", "other"))
_OWN = (Found.NAME, Found.AIRPORT_CITY)
_Finder = Callable[[str, Regions], Match | None]


class Matcher:
    """Answers for one state of the airports. The answer depends on nothing but the town's name and its evidence."""

    def __init__(self, index: NameIndex, airports: AirportCities) -> None:
        self._index = index
        self._airports = airports

    def match(self, town: str, *, context: Evidence = NO_EVIDENCE) -> Match | None:
        """Finds what `town` means, or None where that would be a guess.

        `context`: in which countries the towns are that are delivered with this one.
        """
        return _Search(town, self._index, Candidates(self._index, self._airports, context), context).match()


class _Search:
    """One town."""

    def __init__(self, town: str, index: NameIndex, candidates: Candidates, context: Evidence) -> None:
        self._town = town
        self._index = index
        self._candidates = candidates
        self._context = context

    def match(self) -> Match | None:
        """Without the numbers of districts and postcodes, and not what a region is called far from the place."""
        plain = without_numbers(self._town)
        if plain != self._town and len(key_of(plain)) > LONGEST_CODE and not self._index.named(key_of(self._town)):
            return self._again(plain)
        if key_of(self._town) in _ANY_TOWN:
            return None
        found = self._found()
        if found is None or self._is_elsewhere(found):
            return None
        exact = key_of(self._town) == key_of(found.place.name)
        return found if exact else self._whole_of(found) or found

    def _whole_of(self, found: Match) -> Match | None:
        """`Lyon 3e`, `Berlin-Mitte`, `Bogotá, Kennedy`: the city that is named first, if what was found is in it."""
        words = [word for word in _WORDS.split(self._town) if word]
        for count in range(1, len(words)):
            match = self._named(" ".join(words[:count]))
            if match and is_district(found.place, match.place):
                return match
        return None

    def _again(self, town: str) -> Match | None:
        return _Search(town, self._index, self._candidates, self._context).match()

    def _found(self) -> Match | None:
        """Where a comma or brackets tell a country or a region the town is only there."""
        marked = list(marked_readings(self._town))
        if marked:
            return self._qualified(marked) or self._in_parts() or self._loosely()
        whole = self._within(self._town)
        if whole and isinstance(whole.place, City):
            return whole
        # `Bogata` is a hamlet with an airport: a large city's name with a slip is likelier.
        return (
            self._first(self._in(reading) for reading in other_readings(self._town))
            or self._in_parts()
            or self._respelt(self._town)
            or self._region()
            or self._loosely()
            or self._misspelt(self._town)
            or whole
        )

    def _first(self, matches: Iterable[Match | None]) -> Match | None:
        return next((match for match in matches if match), None)

    def _qualified(self, readings: list[Qualified]) -> Match | None:
        return (
            self._first(self._in(reading) for reading in readings)
            or self._first(self._within(self._town, tier) for reading in readings for tier in reading.tiers)
            or self._first(self._in(reading, self._respelt) for reading in readings)
            or self._first(self._in(reading, self._misspelt) for reading in readings)
        )

    def _in(self, reading: Qualified, find: _Finder | None = None) -> Match | None:
        """A town in its regions, the likeliest first."""
        for tier in reading.tiers:
            match = (find or self._within)(reading.town, tier)
            if match and not (reading.vague and match.others):
                return match
        return None

    def _loosely(self) -> Match | None:
        """Where what stands behind the town is shortened, the town again, or known to nobody."""
        if article := article_first(self._town):
            return self._again(article)
        for reading in shortened_readings(self._town):
            match = self._first(self._within(reading.town, tier) for tier in reading.tiers)
            if match and is_noted(match.place) and not match.alternatives:
                return match
        town, *behind = parts_of(self._town) or [""]
        if says_nothing(town, behind):
            return self._within(town) if behind else None
        unknown = not any(country_of(part) or regions_of(part) or self._within(part) for part in behind)
        match = self._named(town) if unknown else None
        return match if match and not match.others else None

    def _named(self, town: str) -> Match | None:
        """A city of note by its own name."""
        match = self._within(town)
        own = match is not None and match.found in _OWN
        return match if match and own and is_noted(match.place) else None

    def _is_elsewhere(self, found: Match) -> bool:
        """`Zulia` is a region, and not El Zulia beyond the border: only a city of note is meant before a region."""
        country, place = country_of(self._town), found.place
        regions = () if code_in(self._town) else (*regions_called(self._town), *([country] if country else []))
        if not regions or self._context.get(place.country):
            return False
        if not isinstance(place, City):
            return True
        key, name = key_of(in_latin(self._town) or self._town), key_of(place.name)
        own = found.found in _OWN or key == name
        there = inside([place, *(found.others if own else ())], regions)
        if there or (key.startswith(name) and any(Region(region.country).holds(place) for region in regions)):
            return False
        return place.population < (NOTED if own else KNOWN_FROM if found.found == Found.ALTERNATE_NAME else math.inf)

    def _in_parts(self) -> Match | None:
        """`Alacant / Alicante`: when every part means the same city; `Getafe, Madrid`: one near the other."""
        parts = parts_of(self._town)
        if len(parts) < 2:
            return None
        matches = [self._within(part) for part in parts]
        if len({match.place if match else None for match in matches}) == 1:
            return matches[0]
        last = matches[-1] or self._within(without_kind(parts[-1]))
        if last is None or not is_noted(last.place) or len(parts) > 2:
            return None
        match = self._within(parts[0], (Region(last.place.country),))
        near = match and is_around(match.place, last.place)
        return match if near else None

    def _region(self) -> Match | None:
        """`Odesa oblast`: a region that is named after its city."""
        bare = without_kind(self._town)
        if bare == self._town or not _SEAT.search(self._town):
            return None
        regions = regions_of(bare)
        names = dict.fromkeys(name for region in regions for name in names_of(region))
        return self._within(bare, regions or None) or self._first(self._within(name, regions) for name in names)

    def _within(self, town: str, regions: Regions = None) -> Match | None:
        return best(self._candidates.named(town, regions))

    def _respelt(self, town: str, regions: Regions = None) -> Match | None:
        """By other letters: only what leaves no doubt."""
        keys = other_spellings(town)
        own, others = (
            {city for key in keys for city in inside(table.get(key, ()), regions)}
            for table in (self._index.own, self._index.others)
        )
        found = undoubted(own, than=others) or undoubted(own | others)
        # An airport's city: `Pto. Ordaz`.
        return found or self._first(match for key in keys if (match := self._within(key, regions)) and not match.others)

    def _misspelt(self, town: str, regions: Regions = None) -> Match | None:
        """By what sounds the same, or differs in one letter: only a large city, and no smaller place's own name."""
        key = key_of(in_latin(town) or town)
        small = small_places().named(key) if key else []
        if small or not key:
            return self._small(small, regions)
        short = [*shortened_cities(town), *(cities_by_initials(town) if regions else ())]
        if short:
            return undoubted(inside(short, regions))
        names = misspelt_names()
        for likely in (names.sounding(key), names.differing(key)):
            matches = [self._noted(name, regions) for name in likely]
            cities = {match.place: match for match in matches if match}
            if cities:
                sure = undoubted([city for city in cities if isinstance(city, City)])
                return replace(cities[sure.place], found=Found.SPELLING) if sure else None
        return None

    def _small(self, places: list[City], regions: Regions) -> Match | None:
        """A place that is too small for the list of cities, where it is told or evident in which country it is."""
        if regions is None:
            regions = tuple(Region(country) for country, share in self._context.items() if share > _MOST)
        found = None if regions_called(self._town) else undoubted(inside(places, regions))
        return replace(found, found=Found.NAME) if found else None

    def _noted(self, name: str, regions: Regions) -> Match | None:
        """The large city of this name, where that is known to be its name."""
        match = self._within(name, regions)
        if match is None or not is_noted(match.place):
            return None
        is_other = regions is None and match.found == Found.ALTERNATE_NAME
        return None if is_other and otherwise_named(match.place, name) >= OTHER_NAME else match
