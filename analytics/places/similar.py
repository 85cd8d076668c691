"""Cities whose names look like a town's, for staff to choose from: nothing is placed by likeness."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from analytics.places.cities import City
from analytics.places.index import NameIndex, name_index
from analytics.places.names import key_of, other_spellings
from analytics.places.qualifiers import qualified

# Other names are compared for cities of so many inhabitants; the own name for all.
_OTHER_NAMES_FROM = 200_000
# How many names with the most syllables in common are looked at closely.
_CLOSELY = 60
_LEAST_LIKE = 0.6
_BEHIND = re.compile("[,(]")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A city and how like its name is: 1 is equal, 0.6 the least that is told."""

    city: City
    similarity: float


@cache
def similar_names() -> "SimilarNames":
    """Makes the index of all cities, once in a process that places towns."""
    return SimilarNames(name_index())


class SimilarNames:
    """The names by their trigrams: half a second to make, so only where something was not found."""

    def __init__(self, index: NameIndex) -> None:
        self._index = index
        self._names: list[str] = []
        self._having: dict[str, list[int]] = defaultdict(list)
        for name in _compared(index):
            for trigram in _trigrams(name):
                self._having[trigram].append(len(self._names))
            self._names.append(name)

    def suggest(self, town: str, *, limit: int) -> list[Suggestion]:
        """The cities that are the most like it, of equally like ones the larger first."""
        parts = qualified(town)
        best: dict[City, float] = {}
        # What stands behind a comma or in brackets is hardly the town.
        for key in dict.fromkeys([key_of(town), key_of(_BEHIND.split(town)[0]), *other_spellings(town)[:2]]):
            for name in self._close(key):
                likeness = round(SequenceMatcher(None, key, name, autojunk=False).ratio(), 2)
                for city in self._index.named(name) if likeness >= _LEAST_LIKE else ():
                    best[city] = max(likeness, best.get(city, 0.0))
        inside = [city for city in best if not parts or any(region.holds(city) for region in parts.regions)] or best
        ranked = sorted(inside, key=lambda city: (-best[city], -city.population, city.geoname_id))
        return [Suggestion(city, best[city]) for city in ranked[:limit]]

    def _close(self, key: str) -> list[str]:
        """The names with the most trigrams in common, for their length."""
        shared = Counter(number for trigram in _trigrams(key) for number in self._having.get(trigram, ()))
        size = len(key)
        ranked = sorted(shared, key=lambda number: (-shared[number] / (size + len(self._names[number])), number))
        return [self._names[number] for number in ranked[:_CLOSELY]]


def _compared(index: NameIndex) -> Iterator[str]:
    yield from index.own
    for name, cities in index.others.items():
        if name not in index.own and any(city.population >= _OTHER_NAMES_FROM for city in cities):
            yield name


def _trigrams(name: str) -> set[str]:
    padded = f"  {name} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}
