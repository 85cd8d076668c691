"""Abbreviations: of a city's name (`P. de Mallorca`, `Jerez de la Fra.`, `B/quilla`), of a region or a country
(`N.L.`, `Qro.`, `Vzla.`)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from analytics.places.cities import City, all_cities
from analytics.places.index import name_index
from analytics.places.names import key_of, normalise
from analytics.places.regions import Region, named_regions

# Of which cities names are shortened: of so many inhabitants.
_FROM = 100_000
# Words that join others; who shortens a name leaves them out.
_JOINING = frozenset(("de", "del", "la", "las", "los", "el", "l", "of", "the", "da", "do", "dos", "du", "y", "i", "e"))
# No abbreviation of a word is longer, and a whole word beside it is no shorter.
_LONGEST = 4
_HALVES = re.compile(r"(\w)/(\w{3,})")
Words = tuple[str, ...]
Names = dict[tuple[int, str], list[tuple[Words, City]]]


def words_of(name: str) -> Words:
    """The words of a name that tell it from others."""
    return tuple(word for word in normalise(name).split() if word not in _JOINING)


def abbreviates(short: Words, whole: Words) -> bool:
    """Whether each word stands for the one at its place, or a single one for all: by their initials or its letters."""
    if len(short) == len(whole):
        return all(map(_stands_for, short, whole))
    initials, joined = "".join(word[0] for word in whole), "".join(whole)
    return len(short) == 1 and (short[0] == initials or (len(short[0]) > 2 and _stands_for(short[0], joined)))


def shortened_regions(short: str) -> list[tuple[Region, ...]]:
    """The countries, and the regions, that it may be short for."""
    words = words_of(short)
    if not words:
        return []
    found = [region for names, region in _regions().get(words[0][0], ()) if abbreviates(words, names)]
    countries, regions = ([one for one in found if (one.code is None) == country] for country in (True, False))
    return [tuple(dict.fromkeys(one)) for one in (countries, regions) if one]


def shortened_cities(town: str) -> list[City]:
    """The large cities whose name is written so where words are shortened or joining ones left out; one word at least
    is whole."""
    if halves := _HALVES.fullmatch(town.strip()):
        return list(_of_halves(key_of(halves[1]), key_of(halves[2])))
    words = words_of(town)
    if len(words) < 2:
        return []
    named = _names().get((len(words), words[0][0]), ())
    return list(dict.fromkeys(city for names, city in named if _has_whole(words, names) and abbreviates(words, names)))


def cities_by_initials(town: str) -> list[City]:
    """The large cities whose words begin with these capitals: `CDE` in Paraguay."""
    letters = key_of(town)
    if not town.replace(".", "").isupper() or not 1 < len(letters) <= _LONGEST:
        return []
    named = _names().get((len(letters), letters[0]), ())
    return list(dict.fromkeys(city for words, city in named if "".join(word[0] for word in words) == letters))


def _stands_for(short: str, word: str) -> bool:
    """Its first letter and others of it, in their order."""
    letters = iter(word)
    return short == word or (
        len(short) <= _LONGEST and short[0] == word[0] and all(letter in letters for letter in short)
    )


def _has_whole(words: Words, names: Words) -> bool:
    return any(word == name and len(word) >= _LONGEST for word, name in zip(words, names, strict=True))


def _of_halves(first: str, end: str) -> Iterator[City]:
    for name, cities in name_index().own.items():
        if name.startswith(first) and name.endswith(end):
            yield from (city for city in cities if city.population >= _FROM)


@cache
def _regions() -> dict[str, list[tuple[Words, Region]]]:
    """All names of countries and regions by their first letter; made where something was not found."""
    return _by_first_letter((words_of(name), region) for name, region in named_regions())


def _by_first_letter(named: Iterable[tuple[Words, Region]]) -> dict[str, list[tuple[Words, Region]]]:
    found: dict[str, list[tuple[Words, Region]]] = defaultdict(list)
    for words, region in named:
        if words:
            found[words[0][0]].append((words, region))
    return dict(found)


@cache
def _names() -> Names:
    """The names of two words and more of all large cities; reads their file again, where something was not found."""
    found: Names = defaultdict(list)
    for city, names in all_cities():
        if city.population >= _FROM:
            several = {words_of(name) for name in (city.name, *names) if " " in name or "-" in name}
            for words in several:
                if len(words) > 1:
                    found[len(words), words[0][0]].append((words, city))
    return dict(found)
