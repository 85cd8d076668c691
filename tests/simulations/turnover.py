"""Two deliveries of one source: some residents stay, some are gone and others new, and the truth may be the same."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analytics.changes import Changes, Delivered, changes_between
from tests.simulations.circles import SIZES, Circles
from tests.simulations.demo import draw_demo
from tests.simulations.worlds import Bools, Floats, Ints, World

LEVEL = 0.1
GROUPINGS: dict[str, tuple[str, ...]] = {
    "city": ("city",),
    "age": ("age_group",),
    "channel": ("channel",),
    "city × age": ("city", "age_group"),
}
# Every eighth city changes, where anything does.
_CHANGED = np.arange(SIZES["city"]) % 8 == 0
# Stayed residents who are reached by another channel.
_MOVES = 0.15
Both = tuple[World, World, Ints, Ints]


@dataclass(frozen=True)
class Turnover:
    """Ten districts, each a world of its own in the same cities: of so many all residents are `gone` and others new, of
    others who stayed friends are drawn anew (`stirred`), the rest is as it was. `lift`: times as many circles in the
    cities that change, among the new and the stirred."""

    circles: Circles
    gone: int = 0
    stirred: int = 0
    lift: float = 1.0
    districts: int = 10

    def draw(self, rng: np.random.Generator) -> Both:
        """Draws both worlds, and the ids of their residents."""
        before, after, numbers = [], [], []
        for district in range(self.districts):
            settled = self.circles.settle(rng)
            relatives = self.circles.relate(settled, rng)
            before.append(self.circles.gather(settled, relatives, rng))
            is_gone = district < self.gone
            after.append(before[-1])
            numbers.append(district + self.districts * is_gone)
            if is_gone:
                settled = self.circles.settle(rng)
                relatives = self.circles.relate(settled, rng)
            elif district < self.gone + self.stirred:
                moved = rng.random(self.circles.residents) < _MOVES
                channel = np.where(moved, rng.integers(0, SIZES["channel"], len(moved)), settled.keys["channel"])
                settled = replace(settled, keys={**settled.keys, "channel": channel})
            if district < self.gone + self.stirred:
                lift = np.where(_CHANGED, self.lift, 1.0)
                after[-1] = self.circles.gather(settled, relatives, rng, lift=lift)
        residents = self.circles.residents
        return _joined(before), _joined(after), _ids(range(self.districts), residents), _ids(numbers, residents)


def draw_two_demos(rng: np.random.Generator) -> Both:
    """Draws the demo twice, with no resident in common."""
    before, after = draw_demo(rng), draw_demo(rng)
    ids = np.arange(len(before.courses) + len(after.courses))
    return before, after, ids[: len(before.courses)], ids[len(before.courses) :]


@dataclass(frozen=True)
class Discovered:
    """Means over all pairs of deliveries: the part of the discoveries that are none, how often the interval held a
    change of nought where there is none, the part of the changed cities that were found, by how much they changed."""

    false: float
    held: float
    power: float
    change: float


def discovered(
    draw: Callable[[np.random.Generator], Both], *, pairs: int, seed: int, lifted: bool
) -> dict[str, Discovered]:
    """Draws as many pairs of deliveries and looks at each grouping."""
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in GROUPINGS}
    for number in range(pairs):
        both = draw(np.random.default_rng([seed, number]))
        for name, keys in GROUPINGS.items():
            changes = compared(both, keys)
            found[name].append(_looked(changes, _changed(keys, len(changes.q)) & lifted))
    return {name: Discovered(*(_mean(column) for column in zip(*rows, strict=True))) for name, rows in found.items()}


def compared(both: Both, keys: tuple[str, ...]) -> Changes:
    """Compares two worlds by these dimensions."""
    sides, count = [], 0
    for world, ids in zip(both[:2], both[2:], strict=True):
        groups, count = world.groups(keys)
        sides.append(Delivered(ids, groups, world.courses, world.one, world.other))
    return changes_between(sides[0], sides[1], groups=count)


def _changed(keys: tuple[str, ...], groups: int) -> Bools:
    """Which groups are of the cities that change; by other dimensions all are a little."""
    if keys[0] != "city":
        return np.ones(groups, dtype=np.bool_)
    cities = np.arange(groups) // (groups // SIZES["city"]) if len(keys) > 1 else np.arange(groups)
    return np.resize(_CHANGED, int(cities.max()) + 1)[cities]


def _looked(found: Changes, changed: Bools) -> tuple[float, ...]:
    is_known, named = ~np.isnan(found.change), found.q < LEVEL
    same, other = is_known & ~changed, is_known & changed & (found.before.courses > 0)
    false = float((named & ~changed).sum() / max(named.sum(), 1))
    held = ((found.low <= 0) & (found.high >= 0))[same]
    change = found.change[other].sum() / found.before.mean[other].sum() if other.any() else np.nan
    return false, _mean(held), _mean(named[other]), float(change)


def _mean(values: Floats | Bools | tuple[float, ...]) -> float:
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    return float(known.mean()) if len(known) else float("nan")


def _joined(parts: list[World]) -> World:
    starts = np.cumsum([0, *(len(part.courses) for part in parts)])[:-1]
    one, other = (
        np.concatenate([getattr(part, end) + start for part, start in zip(parts, starts, strict=True)])
        for end in ("one", "other")
    )
    keys = {name: np.concatenate([part.keys[name] for part in parts]) for name in parts[0].keys}
    return World(keys, parts[0].sizes, np.concatenate([part.courses for part in parts]), one, other)


def _ids(numbers: range | list[int], residents: int) -> Ints:
    return np.concatenate([np.arange(residents) + number * residents for number in numbers])


_USUAL, _DENSE, _ALONE = (
    Circles(0.05, residents=300),
    Circles(0.4, residents=300),
    Circles(0.02, residents=300, related=0),
)
SAME: dict[str, Callable[[np.random.Generator], Both]] = {
    "all residents are new": Turnover(_USUAL, gone=10).draw,
    "all stayed, friends drawn anew": Turnover(_USUAL, stirred=10).draw,
    "2 of 10 new, 3 drawn anew": Turnover(_USUAL, gone=2, stirred=3).draw,
    "1 of 10 new": Turnover(_USUAL, gone=1).draw,
    "many circles, 2 of 10 new, 3 drawn anew": Turnover(_DENSE, gone=2, stirred=3).draw,
    "friends alone, all are new": Turnover(_ALONE, gone=10).draw,
    "friends alone, 2 of 10 new, 3 drawn anew": Turnover(_ALONE, gone=2, stirred=3).draw,
    "the demo, all are new": draw_two_demos,
}
_LARGE = Circles(0.12, residents=2_000)
LIFTED: dict[str, Callable[[np.random.Generator], Both]] = {
    f"{lift} times as many circles{told}": Turnover(_LARGE, gone=gone, stirred=stirred, lift=lift).draw
    for told, gone, stirred in ((", all are new", 10, 0), (", all stayed", 0, 10))
    for lift in (1.5, 2, 3)
}


PAIRS = 200
SAME_COLUMNS = ["two draws of one truth", *GROUPINGS]
LIFTED_COLUMNS = ["5 of 40 cities have", "their courses", "of them found", "false discoveries", "held of the others"]


def row_of_same(name: str, *, pairs: int, seed: int) -> list[str]:
    """Writes a line of the table of two draws of one truth: false discoveries, and how often nought was held."""
    found = discovered(SAME[name], pairs=pairs, seed=seed, lifted=False)
    return [name, *(f"{one.false:.3f} ({one.held:.3f})" for one in found.values())]


def row_of_lifted(name: str, *, pairs: int, seed: int) -> list[str]:
    """Writes a line of the table of cities that changed."""
    one = discovered(LIFTED[name], pairs=pairs, seed=seed, lifted=True)["city"]
    return [name, f"{100 * one.change:+.0f} %", f"{one.power:.2f}", f"{one.false:.3f}", f"{one.held:.3f}"]
