"""Two deliveries of one source: some residents stay, some are gone and others new, and the truth may be the same."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from analytics.changes import CONFIDENCE, Delivered, changes_between
from tests.simulations.circles import SIZES, Circles
from tests.simulations.worlds import Floats, Ints, World

LEVEL = 0.1
GROUPINGS: dict[str, tuple[str, ...]] = {
    "city": ("city",),
    "age": ("age_group",),
    "channel": ("channel",),
    "city × age": ("city", "age_group"),
}
# Every eighth city has so many times as many circles, where anything changes.
_CHANGED = np.arange(SIZES["city"]) % 8 == 0
# Stayed residents who are reached by another channel.
_MOVES = 0.15


@dataclass(frozen=True)
class Turnover:
    """Quarters, each a world of its own in the same cities: of so many one part is `gone` and as many new, of others
    who stayed friends are drawn anew (`stirred`), the rest is as it was. `lift`: times as many circles in cities that
    change, among the new and the stirred."""

    circles: Circles
    quarters: int = 10
    gone: int = 0
    stirred: int = 0
    lift: float = 1.0

    def draw(self, rng: np.random.Generator) -> tuple[World, World, Ints, Ints]:
        """Both worlds, and the ids of their residents."""
        lift = np.where(_CHANGED, self.lift, 1.0)
        worlds: tuple[list[World], list[World]] = ([], [])
        numbers: tuple[list[int], list[int]] = ([], [])
        for quarter in range(self.quarters):
            settled = self.circles.settle(rng)
            relatives = self.circles.relate(settled, rng)
            first = then = self.circles.gather(settled, relatives, rng)
            number = quarter
            if quarter < self.gone:
                settled, number = self.circles.settle(rng), quarter + self.quarters
                then = self.circles.gather(settled, self.circles.relate(settled, rng), rng, lift=lift)
            elif quarter < self.gone + self.stirred:
                moved = rng.random(self.circles.residents) < _MOVES
                channel = np.where(moved, rng.integers(0, SIZES["channel"], len(moved)), settled.keys["channel"])
                settled = replace(settled, keys={**settled.keys, "channel": channel})
                then = self.circles.gather(settled, relatives, rng, lift=lift)
            for of, world, place in zip((0, 1), (first, then), (quarter, number), strict=True):
                worlds[of].append(world)
                numbers[of].append(place)
        before, after = (_joined(parts) for parts in worlds)
        return before, after, *(_ids(places, self.circles.residents) for places in numbers)


@dataclass(frozen=True)
class Discovered:
    """Over all pairs of deliveries: the mean part of the discoveries that are none, the part of the changed cities that
    were found, how often the interval held a change of nought where there was none, and in how many pairs anything was
    found."""

    false: float
    power: float
    held: float
    any: float


def discovered(turnover: Turnover, *, pairs: int, seed: int) -> Mapping[str, Discovered]:
    """Draws as many pairs of deliveries and looks at each grouping."""
    found: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in GROUPINGS}
    for number in range(pairs):
        before, after, *ids = turnover.draw(np.random.default_rng([seed, number]))
        for name, keys in GROUPINGS.items():
            found[name].append(_looked(before, after, ids, keys, turnover.lift != 1))
    return {name: Discovered(*np.nanmean(np.array(rows), axis=0).tolist()) for name, rows in found.items()}


def _looked(
    before: World, after: World, ids: list[Ints], keys: tuple[str, ...], is_changed: bool
) -> tuple[float, float, float, float]:
    sides = []
    for world, of in zip((before, after), ids, strict=True):
        groups, number = world.groups(keys)
        sides.append(Delivered(of, groups, world.courses, world.one, world.other))
    found = changes_between(*sides, groups=number)
    of_city = np.arange(number) // (number // SIZES["city"]) if keys[0] == "city" else np.zeros(number, np.int64)
    true = _CHANGED[of_city] & is_changed
    named = found.is_seen & (found.q < LEVEL)
    wrong = float((named & ~true).sum() / max(named.sum(), 1))
    seen = found.is_seen & ~true
    held = ((found.low <= 0) & (found.high >= 0))[seen]
    power = named[true & (found.before.residents > 0)]
    return wrong, power.mean() if len(power) else np.nan, held.mean() if len(held) else np.nan, float(named.any())


def _joined(parts: list[World]) -> World:
    starts = np.cumsum([0, *(len(part.courses) for part in parts)])[:-1]
    return World(
        {name: np.concatenate([part.keys[name] for part in parts]) for name in parts[0].keys},
        parts[0].sizes,
        np.concatenate([part.courses for part in parts]),
        *(
            np.concatenate([getattr(part, end) + start for part, start in zip(parts, starts, strict=True)])
            for end in ("one", "other")
        ),
    )


def _ids(places: list[int], residents: int) -> Ints:
    return np.concatenate([np.arange(residents) + place * residents for place in places])


assert CONFIDENCE == 0.95
