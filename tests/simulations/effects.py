"""How often the interval of an effect, all else equal, holds the true one."""

from dataclasses import dataclass

import numpy as np

from analytics.effects import Delivery, Effects, effects_of_residents
from analytics.regression import Cells, fit
from tests.simulations.circles import Circles
from tests.simulations.coverage import TRUTH, Coverage, Draw, drawn
from tests.simulations.demo import draw_demo
from tests.simulations.worlds import Floats, Ints, World

_True = tuple[Floats, ...]
FACTORS = ("city", "age_group", "channel", "gender")


def planted(circles: Circles) -> tuple[Draw, _True]:
    """A world of friends alone, and its effects as they were planted; gender has none."""
    effects = circles.planted()[1]
    return circles.draw, (*(effects[name] for name in FACTORS[:-1]), np.ones(2))


# Worlds, and the effects that were planted where they multiply exactly.
EFFECTS: dict[str, tuple[Draw, _True | None]] = {
    **{f"friends alone {density}": planted(Circles(density, related=0)) for density in (0.02, 0.05, 0.12)},
    **{f"circles {density}": (Circles(density).draw, None) for density in (0.02, 0.12, 0.4)},
    "demo": (draw_demo, None),
}


@dataclass(frozen=True)
class Found:
    """The effects that were found in a world, and those of its residents in each level."""

    effects: tuple[Effects, ...]
    levels: tuple[Ints, ...]
    residents: tuple[Floats, ...]


def effect_coverage(draw: Draw, true: _True | None, *, deliveries: int, seed: int) -> dict[str, Coverage]:
    """Draws as many deliveries and looks at each factor. `true`: the planted effects, in any unit; None where nothing
    multiplies exactly: the effects that are fitted to the mean over more deliveries are meant then."""
    known = true or _fitted(draw, deliveries=deliveries * TRUTH, seed=seed)
    held: dict[str, list[Floats]] = {name: [] for name in FACTORS}
    width: dict[str, list[Floats]] = {name: [] for name in FACTORS}
    for world in drawn(draw, deliveries=deliveries, seed=seed):
        found = find(world)
        for number, name in enumerate(FACTORS):
            one, residents = found.effects[number], found.residents[number]
            effect = known[number][found.levels[number]]
            effect = effect * residents.sum() / (effect @ residents)
            held[name].append((one.low <= effect) & (effect <= one.high))
            width[name].append(one.high - one.low)
    return {
        name: Coverage(float(np.concatenate(held[name]).mean()), float(np.median(np.concatenate(width[name]))))
        for name in FACTORS
    }


def find(world: World) -> Found:
    """Finds the effects in one world."""
    numbered = [np.unique(world.keys[name], return_inverse=True) for name in FACTORS]
    keys = np.stack([number for _, number in numbered])
    cells, cell = np.unique(keys, axis=1, return_inverse=True)
    residents, courses = (np.bincount(cell, values).astype(np.float64) for values in (None, world.courses))
    sizes = tuple(len(levels) for levels, _ in numbered)
    whole = Cells(residents, courses, tuple(cells), sizes)
    effects = effects_of_residents(whole, [Delivery(cell, world.courses.astype(np.float64), world.one, world.other)])
    people = tuple(whole.summed(number, residents) for number in range(len(sizes)))
    return Found(effects, tuple(levels for levels, _ in numbered), people)


def _fitted(draw: Draw, *, deliveries: int, seed: int) -> _True:
    sums: list[Floats] = []
    for world in drawn(draw, deliveries=deliveries, seed=seed):
        codes, count = world.groups(FACTORS)
        counted = [np.bincount(codes, values, count).astype(np.float64) for values in (None, world.courses)]
        sums = [one + other for one, other in zip(sums, counted, strict=True)] if sums else counted
        sizes = tuple(world.sizes[name] for name in FACTORS)
    known = np.flatnonzero(sums[0])
    levels = np.unravel_index(known, sizes)
    cells = Cells(sums[0][known], sums[1][known], tuple(levels), sizes)
    return tuple(np.exp(logs - logs[0]) for logs in fit(cells).logs)
