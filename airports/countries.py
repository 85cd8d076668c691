"""Countries: ISO 3166-1 codes, English names, and those in the other languages of the pages.

`data/countries.json` is made of Debian's iso-codes and tzdata (both in the public domain or free), with the names by
which OpenFlights calls some countries; the code of Kosovo, XK, is not ISO's but in general use.
`data/country_names.json` is of Unicode's CLDR.
"""

import json
from functools import cache
from pathlib import Path
from typing import TypedDict

from config.common.folding import fold

_DATA = Path(__file__).with_name("data")
_FILE = _DATA / "countries.json"
NAMES = _DATA / "country_names.json"


class Country(TypedDict):
    """`name` is the one that we write, `also` are others that lists of airports use."""

    alpha_3: str
    name: str
    also: list[str]


def country_name(alpha_2: str, language: str = "en") -> str | None:
    """The name of the country with this ISO code of two letters, English unless `language` has another, or None."""
    code = alpha_2.upper()
    country = _countries().get(code)
    return _translated().get(language, {}).get(code, country["name"]) if country else None


def country_code(country: str) -> str | None:
    """The ISO code of two letters of the country with this English name, as people type it, or ISO code."""
    return _codes().get(fold(country))


def names_of(country: str) -> list[str]:
    """Every name, folded, of the country with this name or ISO code; just `country` where it is unknown."""
    found = _by_any_name().get(fold(country))
    return _names(found) if found else [fold(country)]


def _names(country: Country) -> list[str]:
    return [fold(name) for name in (country["name"], *country["also"])]


@cache
def _countries() -> dict[str, Country]:
    countries: dict[str, Country] = json.loads(_FILE.read_text(encoding="utf-8"))
    return countries


@cache
def _by_any_name() -> dict[str, Country]:
    countries = _countries()
    return {name: countries[alpha_2] for name, alpha_2 in _codes().items()}


@cache
def _codes() -> dict[str, str]:
    """Codes come last: what is a code is nothing else."""
    countries = _countries()
    by_name = {name: alpha_2 for alpha_2, country in countries.items() for name in _names(country)}
    by_alpha_3 = {country["alpha_3"].lower(): alpha_2 for alpha_2, country in countries.items()}
    return by_name | by_alpha_3 | {alpha_2.lower(): alpha_2 for alpha_2 in countries}


@cache
def _translated() -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = json.loads(NAMES.read_text(encoding="utf-8"))
    return names


@cache
def all_countries(language: str = "en") -> tuple[tuple[str, str], ...]:
    """The ISO code and the name of each, by name; accents change nothing about the order."""
    named = ((alpha_2, country_name(alpha_2, language) or alpha_2) for alpha_2 in _countries())
    return tuple(sorted(named, key=lambda country: fold(country[1])))
