"""Which order of the segments finds those where demand truly is highest."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analytics.intervals import interval, lowest_of_all
from tests.simulations.circles import Circles
from tests.simulations.coverage import Draw, drawn, true_indexes
from tests.simulations.demo import draw_demo
from tests.simulations.measured import CELLS, expected
from tests.simulations.poisson import poissons_lower_end
from tests.simulations.worlds import Floats, Ints, World

_DENSE = Circles(0.12, residents=10_000)
_SPARSE = replace(_DENSE, density=0.02, related=0.2)
_THIN = {"residents": 3_000, "towns": 200}


@dataclass(frozen=True)
class Scenario:
    """A world, how many of its deliveries are ranked, and how many tell the truth."""

    draw: Draw
    deliveries: int
    truth: int


SCENARIOS = {
    "demo": Scenario(draw_demo, 40, 800),
    "demo, 100,000": Scenario(lambda rng: draw_demo(rng, residents=100_000), 10, 80),
    "dense": Scenario(_DENSE.draw, 60, 1_000),
    "large": Scenario(replace(_DENSE, residents=100_000).draw, 10, 80),
    "thin": Scenario(replace(_DENSE, **_THIN).draw, 60, 2_500),
    "sparse": Scenario(_SPARSE.draw, 60, 1_500),
    "thin and sparse": Scenario(replace(_SPARSE, **_THIN).draw, 60, 2_500),
    "strong clusters": Scenario(replace(_DENSE, strength=0.9, related=0.2).draw, 60, 1_000),
}


@dataclass(frozen=True)
class Ranked:
    """Of the first segments: which part of 20, and of 5, is truly among the best 2 %, the true index of the first five,
    and how much that is above the order by Poisson's lower end, with its standard error."""

    of_20: float
    of_5: float
    first_five: float
    gain: float
    error: float


def ranking(scenario: Scenario, *, seed: int) -> tuple[dict[str, Ranked], float]:
    """Ranks each delivery by each measure. With them, in which part of the deliveries any of the lower ends that are to
    hold for all segments together did not hold."""
    cells = {"cells": CELLS}
    true = true_indexes(scenario.draw, cells, deliveries=scenario.truth, seed=seed)["cells"]
    found: dict[str, list[Floats]] = {}
    missed = []
    for world in drawn(scenario.draw, deliveries=scenario.deliveries, seed=seed):
        present, orders = _orders(world)
        index = true[present]
        missed.append(bool((orders.pop("all") > index).any()))
        for name, measure in orders.items():
            found.setdefault(name, []).append(_first(measure, index))
    return dict(_ranked(found)), float(np.mean(missed))


def _orders(world: World) -> tuple[Ints, dict[str, Floats]]:
    cells, foreseen = expected(world)
    sums, looked_at = cells.sums, len(cells.group)
    codes, count = world.groups(CELLS)
    buyers = np.bincount(codes, world.courses > 0, count)[cells.group].astype(np.float64)
    low, _ = interval(cells.found)
    return cells.group, {
        "Poisson's lower end": poissons_lower_end(sums.residents, sums.courses, buyers),
        "index_low": low,
        "expected_index": foreseen.index,
        "expected_low": foreseen.low,
        "all": lowest_of_all(cells.found, looked_at=looked_at),
    }


def _first(measure: Floats, index: Floats) -> Floats:
    order = np.argsort(-measure, kind="stable")
    best = index >= np.quantile(index, 0.98)
    return np.array([best[order[:20]].mean(), best[order[:5]].mean(), 100 * index[order[:5]].mean()])


def _ranked(found: dict[str, list[Floats]]) -> Iterator[tuple[str, Ranked]]:
    before = np.array(found["Poisson's lower end"])
    for name, rows in found.items():
        gains = np.array(rows)[:, 2] - before[:, 2]
        error = float(gains.std() / np.sqrt(len(gains)))
        of_20, of_5, first_five = np.mean(rows, axis=0).tolist()
        yield name, Ranked(of_20, of_5, first_five, float(gains.mean()), error)
