"""What analytics measure of a world: the sums that are stored, and the intervals and expectations made of them."""

from dataclasses import dataclass

import numpy as np

from analytics.expectation import Expected, Model, expected_index, model_rates
from analytics.intervals import GroupSums, Pairs, Precision, Whole, dispersion_of_all, precision, variance_of_sum
from tests.simulations.worlds import Bools, Floats, Ints, World

CELLS = ("city", "age_group", "channel")


@dataclass(frozen=True)
class Measured:
    """The groups of a world that have residents: their numbers, sums and precision."""

    group: Ints
    sums: GroupSums
    whole: Whole
    found: Precision


def measure(world: World, names: tuple[str, ...]) -> Measured:
    """Sums a world up by these dimensions."""
    codes, _ = world.groups(names)
    group, number = np.unique(codes, return_inverse=True)
    sums, whole = group_sums(world, number), whole_of(world)
    return Measured(group, sums, whole, precision(sums, whole))


def group_sums(world: World, number: Ints) -> GroupSums:
    """The sums over the groups that `number` gives the residents."""
    own, groups = world.courses.astype(np.float64), int(number.max()) + 1
    columns = (np.ones(len(own)), own, own**2)
    residents, courses, squares = (np.bincount(number, values, groups).astype(np.float64) for values in columns)
    same = number[world.one] == number[world.other]
    every = np.ones(len(same), dtype=np.bool_)
    inside, reaching = (_pairs(world, number, own, groups, which) for which in (same, every))
    return GroupSums(residents, courses, squares, inside, reaching)


def whole_of(world: World) -> Whole:
    """What the indexes of the world compare with."""
    sums = group_sums(world, np.zeros(len(world.courses), dtype=np.int64))
    return Whole(float(sums.residents[0]), float(sums.courses[0]), float(variance_of_sum(sums)[0]))


def expected(world: World) -> tuple[Measured, Expected]:
    """The cells of the model, and what is expected of each."""
    cells = measure(world, CELLS)
    keys = np.unravel_index(cells.group, [world.sizes[name] for name in CELLS])
    dispersion = dispersion_of_all(cells.sums.courses, cells.found.events)
    model = model_rates(cells.sums.residents, cells.sums.courses, list(keys), dispersion=dispersion)
    return cells, expected_index(cells.found, Model(model.rates / cells.whole.mean, model.variance))


def _pairs(world: World, number: Ints, own: Floats, groups: int, which: Bools) -> Pairs:
    one, other = world.one[which], world.other[which]
    values = (np.ones(len(one)), own[one], own[other], own[one] * own[other])
    return Pairs(*(np.bincount(number[one], value, groups).astype(np.float64) for value in values))
