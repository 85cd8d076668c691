"""The names of all cities, looked up by what their spellings have in common."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from analytics.places.cities import City, all_cities
from analytics.places.names import in_latin, key_of, normalise, own_names

_LATIN = re.compile("[A-Za-zÀ-ɏ]")
# Of letters: `Fez` is a name; a Chinese or Hangul one may have two signs.
_MIN_LATIN = 3
_MIN_OTHER = 2
_LONGEST_CODE = 5
_CODE = re.compile("[A-Z]{2}[A-Za-z]*")
# Cities of so many inhabitants are called by the first letters of a name of three words or more.
_INITIALS_FROM = 500_000
_LARGEST = 1_000_000
_NO_INITIAL = frozenset(("de", "del", "la", "of", "the"))


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Cities by the key of their own name, and of their other names; `common` are the others in general use, `codes`
    what is written in capitals: `LON`, `NYC`, `CABA`; the `largest` have a million inhabitants."""

    own: dict[str, list[City]]
    others: dict[str, list[City]]
    common: dict[str, list[City]]
    codes: dict[str, list[City]]
    largest: tuple[City, ...]

    def named(self, key: str) -> list[City]:
        """Every city of that name, each once."""
        return list(dict.fromkeys([*self.own.get(key, ()), *self.others.get(key, ())]))


@cache
def name_index() -> NameIndex:
    """Makes the index: 2 s and 90 MB, once in a worker that places towns, never in a process that serves pages."""
    own: dict[str, list[City]] = defaultdict(list)
    others: dict[str, list[City]] = defaultdict(list)
    common: dict[str, list[City]] = defaultdict(list)
    codes: dict[str, list[City]] = defaultdict(list)
    initials: dict[str, list[City]] = defaultdict(list)
    largest: list[City] = []
    for city, names in all_cities():
        if city.population >= _LARGEST:
            largest.append(city)
        keys = {key_of(name) for name in own_names(city.name)}
        for found, table in (
            (keys, own),
            (other_keys(names) - keys, others),
            (common_keys(names) - keys, common),
            (codes_of(names), codes),
            (initials_of(city, names), initials),
        ):
            for key in found:
                table[key].append(city)
    return NameIndex(dict(own), dict(others), dict(common), initials | codes, tuple(largest))


def other_keys(names: Iterable[str]) -> set[str]:
    """The keys of those other names that a person would write."""
    return {key_of(name) for name in names if _is_written(name)} - {""}


def common_keys(names: Iterable[str]) -> set[str]:
    """The keys of names that stand there in Latin, in Cyrillic and in a transliteration of yet another script.

    The languages of names are not known; `Odessa` is one of these, a name in a single small language is not.
    """
    machine = {name for name in names if name.isascii() and name.islower()}
    cyrillic = {key_of(latin) for name in names if (latin := in_latin(name))} if machine else set()
    return {key_of(name) for name in machine} & cyrillic & other_keys(names) if cyrillic else set()


def codes_of(names: Iterable[str]) -> set[str]:
    """The keys of the abbreviations among the names."""
    return {key_of(name) for name in names if _CODE.fullmatch(name) and len(name) <= _LONGEST_CODE}


def initials_of(city: City, names: Iterable[str]) -> set[str]:
    """The first letters of a large city's names."""
    if city.population < _INITIALS_FROM:
        return set()
    named = ([word for word in normalise(name).split() if word not in _NO_INITIAL] for name in names)
    return {"".join(word[0] for word in words) for words in named if 3 <= len(words) <= _LONGEST_CODE}


def code_in(town: str) -> str | None:
    """The key of a town that is written as a code: `NYC`, `C.A.B.A.`, `SPb`, also in Cyrillic."""
    letters = town.replace(".", "").strip()
    latin = (in_latin(letters) or letters).strip()
    is_code = letters[:2].isupper() and letters[-1:].isalpha() and 3 <= len(letters) <= _LONGEST_CODE
    return key_of(latin) if is_code and letters.isalpha() else None


def _is_written(name: str) -> bool:
    """Not a code (`LON`, `SPb`), and not GeoNames' own transliteration of another script (`lun dun`, `mskw`)."""
    if not _LATIN.search(name):
        return len(name) >= _MIN_OTHER
    letters = len(key_of(name))
    is_code = letters <= _LONGEST_CODE - 1 and (name.isupper() or _CODE.fullmatch(name) is not None)
    return letters >= _MIN_LATIN and not is_code and not name.islower()
