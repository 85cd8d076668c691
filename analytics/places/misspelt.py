"""Which large city a name means that is written as it sounds, or with one letter wrong.

Only what leaves no doubt: the name is no other place's, and no other city of note is as like it.
"""

from collections import defaultdict
from functools import cache

from analytics.places.index import NameIndex, name_index
from analytics.places.names import sound

# The cities that somebody means who misspells: of so many inhabitants by their own name, or by another name.
_OWN_FROM = 100_000
_OTHER_FROM = 300_000
_SHORTEST_SOUND = 3
# In short names one letter makes another name: of how many inhabitants a city must be for its name's letters. Of four
# letters two may be exchanged, no more.
_FROM_BY_LETTERS = {4: 1_000_000, 5: 1_000_000, 6: 300_000, 7: 300_000}
_SHORTEST = min(_FROM_BY_LETTERS)
_SHORTEST_OTHER = 6


@cache
def misspelt_names() -> "MisspeltNames":
    """Makes the index of all large cities, once in a process that places towns."""
    return MisspeltNames(name_index())


class MisspeltNames:
    """The names of large cities by their sound, and by their first letter and length: half a second to make, so only
    where something was not found."""

    def __init__(self, index: NameIndex) -> None:
        self._sounds: dict[str, set[str]] = defaultdict(set)
        self._formed: dict[tuple[str, int], set[str]] = defaultdict(set)
        for table, least, shortest in ((index.own, _OWN_FROM, _SHORTEST), (index.others, _OTHER_FROM, _SHORTEST_OTHER)):
            for name, cities in table.items():
                population = max(city.population for city in cities)
                if name.isascii() and population >= least:
                    self._sounds[sound(name)].add(name)
                    if len(name) >= shortest and population >= _FROM_BY_LETTERS.get(len(name), 0):
                        self._formed[name[0], len(name)].add(name)

    def sounding(self, key: str) -> list[str]:
        """The keys of names of large cities that sound like this one."""
        heard = sound(key)
        return sorted(self._sounds.get(heard, ())) if len(heard) >= _SHORTEST_SOUND else []

    def differing(self, key: str) -> list[str]:
        """The keys of names of large cities with one letter more, less or another one than this, or two exchanged; the
        first letter is right."""
        lengths = (len(key) - 1, len(key), len(key) + 1)
        close = (name for length in lengths for name in self._formed.get((key[0], length), ()))
        return sorted(name for name in close if _is_typo(name, key))


def _is_typo(one: str, other: str) -> bool:
    """Whether a letter is added, left out or replaced, or two neighbours are exchanged; these alone in the shortest."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start:], other[start:]
    if rest[1::-1] == others[:2] and rest[2:] == others[2:]:
        return True
    if min(len(one), len(other)) <= _SHORTEST:
        return False
    return rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]
