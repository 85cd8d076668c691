"""How often the interval of an area of several cities holds the true index, of which pairs it is known from which city
they reach, not to which one: `python -m tests.simulations.areas`, some five minutes."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np

from analytics.areas import pairs_of_areas, summed
from analytics.intervals import GroupSums, Pairs, interval, precision
from tests.simulations.coverage import TRUTH, WORLDS, Coverage, Draw, drawn, true_indexes
from tests.simulations.measured import group_sums, measure, whole_of
from tests.simulations.worlds import Bools, Floats, Ints, World

SEED = 20_261_129
DELIVERIES = 200
# Cities in one area: two, some, a quarter of all.
SIZES = (2, 4, 10)


def with_areas(world: World, *, size: int) -> World:
    """The same residents, whose cities lie `size` by `size` in areas."""
    areas = -(-world.sizes["city"] // size)
    return replace(world, keys=world.keys | {"area": world.keys["city"] // size}, sizes=world.sizes | {"area": areas})


def coverage_of_areas(draw: Draw, *, size: int, deliveries: int, seed: int) -> tuple[Coverage, Coverage]:
    """Draws as many deliveries and looks at their areas: as they are stored, and if every pair was known."""
    of_areas: Draw = lambda rng: with_areas(draw(rng), size=size)  # noqa: E731
    [true] = true_indexes(of_areas, {"area": ("area",)}, deliveries=deliveries * TRUTH, seed=seed).values()
    stored: list[tuple[Bools, Floats]] = []
    known: list[tuple[Bools, Floats]] = []
    for world in drawn(of_areas, deliveries=deliveries, seed=seed):
        area, sums = area_sums(world)
        for found, kept in ((stored, precision(sums, whole_of(world))), (known, measure(world, ("area",)).found)):
            low, high = interval(kept)
            found.append(((low <= true[area]) & (true[area] <= high), high - low))
    return _coverage(stored), _coverage(known)


def _coverage(found: list[tuple[Bools, Floats]]) -> Coverage:
    held, width = (np.concatenate(column) for column in zip(*found, strict=True))
    return Coverage(float(held.mean()), float(np.median(width)))


def area_sums(world: World) -> tuple[Ints, GroupSums]:
    """The areas that have residents, and what is known of them from what is stored of cities."""
    number = np.unique(world.keys["city"], return_inverse=True)[1]
    cities = group_sums(world, number)
    area, of_area = np.unique(world.keys["area"][np.unique(number, return_index=True)[1]], return_inverse=True)
    # As `read_spread` has it: what reaches others is shared by courses.
    share = cities.courses / cities.courses.sum()
    beyond = {name: getattr(cities.reaching, name) - getattr(cities.inside, name) for name in Pairs.__slots__}
    reaching = Pairs(*(getattr(cities.inside, name) + share * beyond[name].sum() for name in Pairs.__slots__))
    inside, every = pairs_of_areas(cities.inside, reaching, cities.courses, of_area, len(area))
    residents, courses, squares = (
        summed(values, of_area, len(area)) for values in (cities.residents, cities.courses, cities.squares)
    )
    return area, GroupSums(residents, courses, squares, inside, every)


def _covered(name: str, size: int) -> str:
    stored, known = coverage_of_areas(WORLDS[name], size=size, deliveries=DELIVERIES, seed=SEED)
    return f"{stored.held:.3f}, {known.held:.3f} ({100 * stored.width:.0f}, {100 * known.width:.0f})"


def table() -> Iterator[str]:
    """Yields the lines of the table in `docs/decisions.md`."""
    yield f"| world | {' | '.join(f'{size} cities' for size in SIZES)} |"
    yield f"| --- |{' ---: |' * len(SIZES)}"
    with ProcessPoolExecutor(max_workers=2) as pool:
        found = {name: pool.map(partial(_covered, name), SIZES) for name in WORLDS}
        yield from (f"| {name} | {' | '.join(cells)} |" for name, cells in found.items())


if __name__ == "__main__":
    print(*table(), sep="\n")
