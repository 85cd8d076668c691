"""How often the interval of an index holds the true one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from analytics.intervals import interval
from tests.simulations.circles import Circles
from tests.simulations.demo import draw_demo
from tests.simulations.measured import Measured, measure
from tests.simulations.worlds import Bools, Floats, World

Draw = Callable[[np.random.Generator], World]
GROUPINGS: dict[str, tuple[str, ...]] = {
    "city": ("city",),
    "age": ("age_group",),
    "channel": ("channel",),
    "gender": ("gender",),
    "city × age": ("city", "age_group"),
    "city × channel": ("city", "channel"),
    "city × age × channel": ("city", "age_group", "channel"),
    "city × age × channel × gender": ("city", "age_group", "channel", "gender"),
}
WORLDS: dict[str, Draw] = {
    "demo": draw_demo,
    **{f"circles {density}": Circles(density).draw for density in (0.02, 0.05, 0.12, 0.4)},
    "friends alone 0.02": Circles(0.02, related=0).draw,
    "friends alone 0.12": Circles(0.12, related=0).draw,
    "friends alone 0.12, all acquainted": Circles(0.12, related=0, acquainted=1).draw,
}
# As many deliveries more as tell the truth: the mean over all of them is that of the world.
TRUTH = 3


@dataclass(frozen=True)
class Coverage:
    """Over all groups of all deliveries: how often the true index was held, and how wide the intervals were at the
    median."""

    held: float
    width: float


def coverage(draw: Draw, *, deliveries: int, seed: int) -> dict[str, Coverage]:
    """Draws as many deliveries and looks at each grouping."""
    true = true_indexes(draw, GROUPINGS, deliveries=deliveries * TRUTH, seed=seed)
    found: dict[str, list[tuple[Bools, Floats]]] = {name: [] for name in GROUPINGS}
    for world in drawn(draw, deliveries=deliveries, seed=seed):
        for name, keys in GROUPINGS.items():
            found[name].append(_held(measure(world, keys), true[name]))
    return {
        name: Coverage(float(np.concatenate(held).mean()), float(np.median(np.concatenate(width))))
        for name, (held, width) in ((name, zip(*rows, strict=True)) for name, rows in found.items())
    }


def true_indexes(
    draw: Draw, groupings: Mapping[str, tuple[str, ...]], *, deliveries: int, seed: int
) -> dict[str, Floats]:
    """The index of every group in the mean over deliveries; the first ones are the same for the same seed."""
    sums: dict[str, Floats] = {}
    total = np.zeros(2)
    for world in drawn(draw, deliveries=deliveries, seed=seed):
        total += [len(world.courses), world.courses.sum()]
        for name, keys in groupings.items():
            codes, count = world.groups(keys)
            counted = np.array([np.bincount(codes, values, count) for values in (None, world.courses)])
            sums[name] = sums.get(name, 0) + counted
    return {name: courses / np.maximum(number, 1) * total[0] / total[1] for name, (number, courses) in sums.items()}


def drawn(draw: Draw, *, deliveries: int, seed: int) -> Iterator[World]:
    """Yields as many worlds."""
    yield from map(partial(_world, draw, seed), range(deliveries))


def _world(draw: Draw, seed: int, number: int) -> World:
    return draw(np.random.default_rng([seed, number]))


def _held(measured: Measured, true: Floats) -> tuple[Bools, Floats]:
    low, high = interval(measured.found)
    index = true[measured.group]
    return (low <= index) & (index <= high), high - low
