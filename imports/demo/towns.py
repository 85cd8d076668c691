"""Towns of the demo, taken from the cities of airportsdata."""

from dataclasses import dataclass
from functools import cache

import airportsdata

from imports.demo.dice import Dice, Weighted
from imports.demo.sources import NOTED_TOWNS, REGIONS, NotedTown, Region, Source

SMALL_TOWN_WEIGHTS = (4, 24)


@dataclass(frozen=True, slots=True, eq=False)
class Town:
    """A town as one source spells it. `pull`: how much more its people gather than others."""

    name: str
    region: Region
    pull: float


def towns_of(source: Source, dice: Dice) -> Weighted[Town]:
    """The towns of a source's residents, the larger the likelier.

    Cities that the data files note come with a weight for their size; small
    towns of the same countries are drawn from airportsdata.
    """
    weights = {noted_town(noted, source): noted.weight for noted in NOTED_TOWNS}
    for region in REGIONS.values():
        for city in dice.shuffled(small_cities(tuple(region.countries)))[: region.small_towns]:
            weights[Town(city, region, pull=1.0)] = dice.between(*SMALL_TOWN_WEIGHTS)
    return Weighted(weights)


def noted_town(noted: NotedTown, source: Source) -> Town:
    """A city of the data files in the spelling of `source`."""
    airport = airports()[noted.iata]
    spelling = {"en": None, "es": noted.es, "local": noted.local}[source.spelling]
    return Town(spelling or airport["city"], regions_by_country()[airport["country"]], noted.pull)


def small_cities(countries: tuple[str, ...]) -> list[str]:
    """Names of the cities of `countries` that the data files do not note, ordered."""
    noted = {airports()[town.iata]["city"] for town in NOTED_TOWNS}
    cities = {airport["city"] for airport in airports().values() if airport["country"] in countries}
    return sorted(city for city in cities - noted if city[:1].isalpha())


@cache
def airports() -> dict[str, airportsdata.Airport]:
    """All airports by IATA code."""
    loaded: dict[str, airportsdata.Airport] = airportsdata.load("IATA")
    return loaded


@cache
def regions_by_country() -> dict[str, Region]:
    """The region of each ISO code of a country."""
    return {country: region for region in REGIONS.values() for country in region.countries}
