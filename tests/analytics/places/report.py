"""`make places-report`: how many of the sampled towns, of the spellings and of the demo's towns come out right.

The airports are those of the package airportsdata, as `make run` loads them. Needs no database; the sample's aliased
towns are counted by a test of the services.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import airportsdata

from analytics.places.airport_cities import AirportCities, AirportCity, metres
from analytics.places.cities import City
from analytics.places.index import name_index
from analytics.places.matcher import Matcher
from analytics.places.matches import Match
from imports.demo.sources import NOTED_TOWNS
from imports.demo.towns import airports
from tests.analytics.places.sample import Case, cases
from tests.analytics.places.spellings import further_spellings, spellings

RIGHT, WRONG, UNPLACED = "right", "wrong", "unplaced"
# A demo's town is right within so many metres of the airport that it was named by.
NEAR = 80_000.0
Table = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a town."""

    stratum: str
    town: str
    match: Match | None
    outcome: str

    @property
    def method(self) -> str:
        """By what it was found."""
        return self.match.found.value if self.match else UNPLACED


@cache
def matcher() -> Matcher:
    """All cities, and all airports of the package."""
    named = [airport for airport in airportsdata.load("ICAO").values() if airport["city"]]
    return Matcher(name_index(), AirportCities(map(_city_of, named)))


def _city_of(airport: airportsdata.Airport) -> AirportCity:
    return AirportCity(
        airport["city"], airport["country"], airport["lat"], airport["lon"], airport["tz"], airport["iata"]
    )


def sampled() -> list[Answer]:
    """The five hundred towns; an alias decides without the matcher."""
    return [_answer(case) for case in cases() if case.alias is None]


def _answer(case: Case) -> Answer:
    match = matcher().match(case.town)
    if match is None:
        return Answer(case.stratum, case.town, None, UNPLACED)
    right = isinstance(match.place, City) and match.place.geoname_id == case.expected
    return Answer(case.stratum, case.town, match, RIGHT if right else WRONG)


def spelt() -> list[Answer]:
    """The spellings written by hand."""
    return [_answer(case) for case in spellings()]


def further() -> list[Answer]:
    """The spellings that were written after the rules."""
    return [_answer(case) for case in further_spellings()]


def demo() -> list[Answer]:
    """The demo's towns in each spelling that a delivery uses."""
    return [answer for noted in NOTED_TOWNS for answer in _spellings(noted.iata, {noted.es, noted.local})]


def _spellings(iata: str, spellings: set[str | None]) -> Iterator[Answer]:
    airport = _city_of(airports()[iata])
    for town in sorted({airport.name, *spellings} - {None}, key=str):
        match = matcher().match(str(town))
        outcome = UNPLACED if match is None else RIGHT if metres(match.place, airport) <= NEAR else WRONG
        yield Answer("demo", f"{town} ({iata})", match, outcome)


def table(answers: list[Answer], by: str) -> Table:
    """How often each outcome was, by an attribute of the answers."""
    counts: Table = defaultdict(Counter)
    for answer in answers:
        counts[getattr(answer, by)][answer.outcome] += 1
    return counts


def text(counts: Table, title: str) -> str:
    """To read."""
    total = sum(counts.values(), Counter[str]())
    rows = [*counts.items(), ("together", total)]
    head = f"{title:<28}{RIGHT:>8}{WRONG:>8}{UNPLACED:>10}"
    return "\n".join([head, *(f"{name:<28}{n[RIGHT]:>8}{n[WRONG]:>8}{n[UNPLACED]:>10}" for name, n in rows), ""])


def main() -> None:
    """Prints the tables, and each town that is wrong."""
    towns, written, later, noted = sampled(), spelt(), further(), demo()
    parts = [text(table(towns, "stratum"), "towns"), text(table(towns, "method"), "by method")]
    parts += [text(table(written, "stratum"), "spellings"), text(table(written, "method"), "by method")]
    parts += [text(table(later, "method"), "further spellings, by method")]
    parts += [text(table(noted, "method"), "demo, by method")]
    parts += [
        f"{a.town}: {a.match.place}" for a in (*towns, *written, *later, *noted) if a.match and a.outcome == WRONG
    ]
    sys.stdout.write("\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
