"""Demo deliveries: several sources, each delivering several times."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from imports.demo.community import Community
from imports.demo.sources import POPULATION

MAX_CITIZENS_IN_DELIVERY = 10_000
# Fixed, not today: the same seed gives the same bytes on any day.
LAST_DELIVERY = date(2025, 6, 1)
TIME_BETWEEN = timedelta(days=91)
GROWTH_PERCENT = 4


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery: the `number`-th (from 1) of its source, and its residents by id."""

    source: str
    number: int
    citizens: list[dict[str, object]]

    @property
    def body(self) -> bytes:
        """The JSON document to post."""
        return json.dumps({"citizens": self.citizens}, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def filename(self) -> str:
        """The name of its file."""
        return f"demo-{self.source}-{self.number}.json"


def make_demo(*, citizens: int, seed: int, deliveries: int = 3) -> Iterator[Delivery]:
    """`deliveries` of each source in the order of time, the same for the same arguments.

    The last deliveries of all sources hold `citizens` residents together; the
    earlier ones are smaller. Raises ValueError for less than one resident or
    delivery, and where a delivery would pass `MAX_CITIZENS_IN_DELIVERY`.
    """
    if citizens < 1 or deliveries < 1:
        raise ValueError("at least one citizen and one delivery")
    sizes = last_sizes(citizens)
    if max(sizes.values()) > MAX_CITIZENS_IN_DELIVERY:
        raise ValueError(f"more than {MAX_CITIZENS_IN_DELIVERY} citizens in a delivery")
    return generate(sizes, seed=seed, deliveries=deliveries)


def last_sizes(citizens: int) -> dict[str, int]:
    """How many of all residents each source has in its last delivery."""
    sizes = {source.name: citizens * source.share // 100 for source in POPULATION.sources}
    # What rounding leaves over goes to the first source.
    sizes[POPULATION.sources[0].name] += citizens - sum(sizes.values())
    return sizes


def generate(sizes: dict[str, int], *, seed: int, deliveries: int) -> Iterator[Delivery]:
    """The deliveries that lead to `sizes`."""
    communities = {source.name: Community(source, seed=seed) for source in POPULATION.sources}
    for number in range(1, deliveries + 1):
        remaining = deliveries - number
        for source, community in communities.items():
            size = max(1, sizes[source] * (100 - GROWTH_PERCENT * remaining) // 100)
            community.advance(size=size, as_of=LAST_DELIVERY - TIME_BETWEEN * remaining)
            yield Delivery(source, number, [person.as_citizen() for person in community.people])
