"""The data files, decoded: regions with their names, towns, channels, sources."""

from pathlib import Path
from typing import Literal

import msgspec

DATA = Path(__file__).parent / "data"
MALE = "male"
FEMALE = "female"


class Region(msgspec.Struct, frozen=True):
    """Countries with the same names. A surname in two forms is a man's and a woman's."""

    countries: list[str]
    small_towns: int
    surnames_from: Literal["both parents", "the family"]
    male: list[str]
    female: list[str]
    surnames: list[str | tuple[str, str]]
    streets: list[str]


class NotedTown(msgspec.Struct, frozen=True):
    """A city by the code of its airport; its spellings where they differ from airportsdata's."""

    iata: str
    weight: int
    pull: float = 1.0
    es: str | None = None
    local: str | None = None


class Source(msgspec.Struct, frozen=True):
    """Who delivers: its share of all residents in percent, how it spells towns, ages of adults."""

    name: str
    share: int
    spelling: Literal["es", "en", "local"]
    adults: dict[str, int]


class Channel(msgspec.Struct, frozen=True):
    """An advertising channel: how much more its people gather, whom it reaches by age group."""

    pull: float
    reach: dict[str, int]


class Population(msgspec.Struct, frozen=True):
    """How residents live and gather. `joins_circle` is a probability by age group."""

    sources: list[Source]
    households: dict[str, dict[str, int]]
    joins_circle: dict[str, float]
    channels: dict[str, Channel]


REGIONS = msgspec.json.decode((DATA / "regions.json").read_bytes(), type=dict[str, Region])
NOTED_TOWNS = msgspec.json.decode((DATA / "towns.json").read_bytes(), type=list[NotedTown])
POPULATION = msgspec.json.decode((DATA / "population.json").read_bytes(), type=Population)


def age_group(age: int) -> str:
    """The age group, as the data files name it, of an age in full years."""
    return next(group for group, (first, last) in AGE_GROUPS.items() if first <= age <= last)


def bounds(group: str) -> tuple[int, int]:
    """The first and last age of a group: `25-34`, or `65+`."""
    first, _, last = group.removesuffix("+").partition("-")
    return int(first), int(last or 200)


AGE_GROUPS = {group: bounds(group) for group in POPULATION.joins_circle}
