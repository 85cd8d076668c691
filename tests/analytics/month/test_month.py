"""What a Viewer finds out who keeps every answer over a month: no resident's number, and nobody's cell."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from analytics.dimensions import BIT_OF, GROUPINGS
from analytics.lattice import FEWEST_BUYERS, World
from analytics.services.asking import read_groups
from analytics.services.counting import publish_segments
from analytics.services.counting.count_import import Count
from analytics.services.counting.shown import Drawing, exact
from tests.analytics.month.life import play
from tests.analytics.month.viewer import (
    ONE,
    Bounds,
    Cell,
    Kept,
    ask,
    ask_for_trend,
    changes,
    claims,
    right_claims,
    within,
)

pytestmark = pytest.mark.django_db
SMALL = 5
# Of the cells that differ by a resident at most, so many may truly have one who changed so: a guess, and no knowledge.
LUCK = 0.15


@dataclass(frozen=True)
class Month:
    """What was kept day by day, and on the last day of the trend, delivery by delivery."""

    days: list[Kept]
    trend: list[Kept]

    def pairs(self) -> Iterator[tuple[Kept, Kept]]:
        for kept in (self.days, self.trend):
            yield from pairwise(kept)


def month(*, residents: int, days: int, seed: int = 3) -> Month:
    kept, deliveries = [], []
    for _, current in play(residents=residents, days=days, seed=seed):
        kept.append(ask(current))
        deliveries += [current] if current not in deliveries else []
    return Month(kept, [ask_for_trend(one) for one in deliveries])


def small_cells(kept: Kept) -> list[Cell]:
    """Cells of people who are small, in every grouping."""
    counts: dict[Cell, list[int]] = {}
    for finest, courses in kept.truth.values():
        for grouping in GROUPINGS:
            found = counts.setdefault(within(finest, grouping), [0, 0])
            found[0] += 1
            found[1] += courses > 0
    return [cell for cell, (residents, buyers) in counts.items() if residents < SMALL or buyers < FEWEST_BUYERS]


def determined_cells(kept: Kept, *, most: int) -> list[Cell]:
    """Those of at most so many small cells whose residents or courses follow from the answers of one moment."""
    cells = sorted(small_cells(kept), key=str)
    chosen = random.Random(1).sample(cells, min(most, len(cells)))
    bounds = [Bounds(kept, place=place, small=SMALL) for place in range(2)]
    return [cell for cell in chosen if any(found.determines(cell) for found in bounds)]


def determined_changes(before: Kept, after: Kept, *, most: int) -> list[Cell]:
    """Those of at most so many cells that one resident changed, alone, whose change of courses follows."""
    shown, moved = before.answers.keys() & after.answers.keys(), changes(before.truth, after.truth)
    alone = sorted((cell for cell, whom in moved.items() if len(whom) == 1 and cell in shown), key=str)[:most]
    then, now = (Bounds(kept, place=1, small=SMALL) for kept in (before, after))
    found = []
    for cell in alone:
        highest = now.most(cell)
        if highest < np.inf and highest - then.least(cell) - now.least(cell) + then.most(cell) < ONE:
            found.append(cell)
    return found


def attack(found: Month, *, most: int) -> None:
    """All that the Viewer tries comes to nothing."""
    for before, after in found.pairs():
        claimed, right = right_claims(before, after)
        assert right <= LUCK * claimed
        assert determined_changes(before, after, most=most) == []
    # The same people at the same moment, with other ages: the same figures.
    today, delivered = found.days[-1], found.trend[-1]
    assert list(claims(today, delivered)) == []
    assert len(delivered.answers) > 100
    for kept in (found.days[0], found.days[-1]):
        assert determined_cells(kept, most=most) == []


def test_in_a_month_of_changes_nobody_is_singled_out() -> None:
    attack(month(residents=2_000, days=6), most=3)


@pytest.mark.month
def test_in_a_long_month_nobody_is_singled_out() -> None:
    attack(month(residents=5_000, days=31), most=40)


def truly(self: Drawing, count: Count, **_: object) -> tuple[Count, int, bool]:
    """Shows everything as it is."""
    return replace(count, then=exact(count.then), now=exact(count.now)), 0, False


def test_without_perturbation_the_same_viewer_singles_many_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Drawing, "settle", truly)
    found = month(residents=2_000, days=6)
    right, determined = 0, 0
    for before, after in found.pairs():
        right += right_claims(before, after)[1]
        determined += len(determined_changes(before, after, most=1))
    assert right > 100
    assert determined == len(list(found.pairs()))


def every_bit(world: World, **_: object) -> list[int]:
    return [2 ** len(BIT_OF) - 1] * len(world.keys)


def every_bit_of_two_days(then: World, now: World, **_: object) -> tuple[list[int], list[int]]:
    return every_bit(then), every_bit(now)


def test_without_the_static_rules_small_cells_are_known_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rules: dict[str, Callable[..., object]] = {
        "published_masks": every_bit,
        "masks_of_two_days": every_bit_of_two_days,
    }
    for name, rule in rules.items():
        monkeypatch.setattr(publish_segments, name, rule)
    monkeypatch.setattr(read_groups, "plausible", lambda *counts, **_: counts)
    assert len(determined_cells(month(residents=500, days=1).days[0], most=9)) == 9
