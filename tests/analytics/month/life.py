"""A month of a source: daily corrections, birthdays, three deliveries, a newcomer with seven friends."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

from analytics.services.counting.refresh_demand import refresh_demand
from imports.demo.deliveries import generate, last_sizes
from imports.models import Citizen
from imports.services.residents.correct_resident import correct_resident
from tests.imports.world import load, stored

SOURCE = "consulates"
FIRST_DAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
NEWCOMER = 10**6
FRIENDS = 7
Resident = dict[str, Any]


def play(*, residents: int, days: int, seed: int) -> Iterator[tuple[int, int]]:
    """Lives day after day, each of which ends with a refresh; the delivery that is current then, and how many residents
    were corrected that day.

    The second delivery has what the supplier knows a while later, the third one resident more than the second and its
    corrections.
    """
    sizes = dict.fromkeys(last_sizes(100), 1) | {SOURCE: residents}
    deliveries = [one.citizens for one in generate(sizes, seed=seed, deliveries=3) if one.source == SOURCE]
    dice = random.Random(seed)
    for day in range(days):
        with time_machine.travel(FIRST_DAY + timedelta(days=day), tick=False):
            if day == 0:
                current = load(deliveries[1], source=SOURCE)
            elif day == days // 3:
                current = load(deliveries[2], source=SOURCE)
            elif day == 2 * days // 3:
                current = load(joined_by_newcomer(list(stored(current).values()), dice), source=SOURCE)
            else:
                correct(current, dice)
            refresh_demand()
            yield day, current


def correct(import_id: int, dice: random.Random) -> None:
    """One resident moves, one is reached otherwise, one loses a friend or finds one."""
    people = list(Citizen.objects.of(import_id).order_by("citizen_id"))
    mover, reached, lonely, other = dice.sample(people, 4)
    friends = lonely.friends[1:] or [other.citizen_id]
    if set(friends) & {*lonely.relatives}:
        friends = []
    for one, patch in (
        (mover, {"town": dice.choice(people).town}),
        (reached, {"channel": dice.choice(people).channel}),
        (lonely, {"friends": friends}),
    ):
        correct_resident(import_id=import_id, citizen_id=one.citizen_id, patch=patch, actor=None)


def joined_by_newcomer(people: list[Resident], dice: random.Random) -> list[Resident]:
    """One resident more, who has seven friends among the others."""
    alike, *friends = dice.sample(people, 1 + FRIENDS)
    ids = {one["citizen_id"] for one in friends}
    added = alike | {"citizen_id": NEWCOMER, "relatives": [], "friends": sorted(ids)}
    befriended = [one | {"friends": [*one["friends"], NEWCOMER]} if one["citizen_id"] in ids else one for one in people]
    return [*befriended, added]
