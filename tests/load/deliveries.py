"""Deliveries of 100 to 10,000 invented residents, made before the load begins, and what must hold of a list of them."""

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from imports.demo.community import Community
from imports.demo.deliveries import LAST_DELIVERY
from imports.demo.sources import POPULATION

SMALLEST, LARGEST = 100, 10_000
SOURCES = 6
Residents = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Body:
    """One delivery in each form that it can be sent in."""

    size: int
    json: bytes = field(repr=False)
    ndjson: bytes = field(repr=False)
    zipped: bytes = field(repr=False)


def make_bodies(count: int, *, seed: int = 1) -> list[Body]:
    """`count` deliveries whose sizes grow by the same factor each from `SMALLEST` to `LARGEST`."""
    step = (LARGEST / SMALLEST) ** (1 / max(count - 1, 1))
    return [_make(round(SMALLEST * step**number), seed=seed + number) for number in range(count)]


def _make(size: int, *, seed: int) -> Body:
    community = Community(POPULATION.sources[seed % len(POPULATION.sources)], seed=seed)
    community.advance(size=size, as_of=LAST_DELIVERY)
    residents = [person.as_citizen() for person in community.people]
    ndjson = b"\n".join(msgspec.json.encode(resident) for resident in residents)
    return Body(len(residents), msgspec.json.encode({"citizens": residents}), ndjson, gzip.compress(ndjson, 6))


def one_sided(residents: Residents) -> list[tuple[int, int]]:
    """Who names somebody that does not name them in the same list, and whom. Empty where all is well."""
    links = {
        (kind, resident["citizen_id"], other)
        for resident in residents
        for kind in ("relatives", "friends")
        for other in resident[kind]
    }
    return sorted((one, other) for kind, one, other in links if (kind, other, one) not in links)


def ages(residents: Residents, *, today: date) -> dict[str, list[int]]:
    """Full years by town."""
    found: dict[str, list[int]] = {}
    for resident in residents:
        day, month, year = (int(part) for part in resident["birth_date"].split("."))
        age = today.year - year - ((today.month, today.day) < (month, day))
        found.setdefault(resident["town"], []).append(age)
    return found


def percentile(values: Iterable[int], percent: int) -> float:
    """Interpolated linearly, as `numpy.percentile` does it; not rounded."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
