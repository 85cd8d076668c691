"""The names of all cities, looked up by what their spellings have in common."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from analytics.places.cities import City, all_cities
from analytics.places.names import in_latin, key_of, own_names

_LATIN = re.compile("[A-Za-zÀ-ɏ]")
# Of letters; a Chinese or Hangul name may have two signs.
_MIN_LATIN = 4
_MIN_OTHER = 2


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Cities by the key of their own name, and of their other names; `common` are the others in general use."""

    own: dict[str, list[City]]
    others: dict[str, list[City]]
    common: dict[str, list[City]]

    def named(self, key: str) -> list[City]:
        """Every city of that name, each once."""
        return list(dict.fromkeys([*self.own.get(key, ()), *self.others.get(key, ())]))


@cache
def name_index() -> NameIndex:
    """Makes the index: 2 s and 90 MB, once in a worker that places towns, never in a process that serves pages."""
    own: dict[str, list[City]] = defaultdict(list)
    others: dict[str, list[City]] = defaultdict(list)
    common: dict[str, list[City]] = defaultdict(list)
    for city, names in all_cities():
        keys = {key_of(name) for name in own_names(city.name)}
        for found, table in ((keys, own), (other_keys(names) - keys, others), (common_keys(names) - keys, common)):
            for key in found:
                table[key].append(city)
    return NameIndex(dict(own), dict(others), dict(common))


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


def _is_written(name: str) -> bool:
    """Not a code (`LON`, `SPb`), and not GeoNames' own transliteration of another script (`lun dun`, `mskw`)."""
    if not _LATIN.search(name):
        return len(name) >= _MIN_OTHER
    letters = len(key_of(name))
    is_code = name.isupper() and letters <= _MIN_LATIN
    return letters >= _MIN_LATIN and not is_code and not name.islower()
