"""Spellings of real towns, written by hand by their kinds, and the city that each means (`data/spellings.txt`).

The rules were made with them: what they find in other spellings is somewhat less.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.analytics.places.sample import DATA, Case, population

_FOLDER = Path(__file__).parent / "data"


def spellings() -> list[Case]:
    """All of them."""
    return list(_read((_FOLDER / "spellings.txt").read_text(encoding="utf-8")))


def further_spellings() -> list[Case]:
    """Those that were written when the rules were finished, and by which none was made."""
    return list(_read((_FOLDER / "further_spellings.txt").read_text(encoding="utf-8")))


def _read(text: str) -> Iterator[Case]:
    kind = ""
    for line in text.splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif " = " in line:
            town, meant = line.rsplit(" = ", 1)
            yield Case(kind, town, _ids()[meant])


@cache
def _ids() -> dict[str, int]:
    """The GeoNames id of the largest city of a name in a country, and of that in a region of it."""
    cities = sorted(json.loads((DATA / "cities15000.json").read_bytes()).values(), key=population)
    named = {f"{city['name']}|{city['countrycode']}": city["geonameid"] for city in cities}
    return named | {f"{city['name']}|{city['countrycode']}|{city['admin1code']}": city["geonameid"] for city in cities}
