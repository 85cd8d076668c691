"""How often a lift is found that the design of a holdout says can be found in eight of ten cases."""

from dataclasses import dataclass, replace

import numpy as np

from analytics.intervals import variance_of_courses
from analytics.pairing import alike, detectable, draw, pair, standard_errors
from tests.simulations.circles import Circles
from tests.simulations.coverage import drawn
from tests.simulations.measured import group_sums
from tests.simulations.worlds import Ints, World

# What a difference must be beyond, in standard errors, to be taken for none of chance.
_SIGNIFICANT = 1.96
CAMPAIGNS = 1_000
CITIES = {
    "3,000 residents in 40 cities, circles 0.05": Circles(0.05, related=0),
    "circles 0.12": Circles(0.12, related=0),
    "10,000 residents in 200 cities": Circles(0.12, residents=10_000, towns=200, related=0),
}


@dataclass(frozen=True)
class Power:
    """The share of campaigns that were found, with the lift that each design says can be found and without any, and
    that lift at the median."""

    found: float
    false: float
    lift: float


def power(circles: Circles, *, campaigns: int, seed: int) -> Power:
    """Designs as many holdouts, each of a delivery, and looks at the next one. Residents have no relatives, so that as
    many circles more are as many courses more."""
    worlds = list(drawn(circles.draw, deliveries=2 * campaigns, seed=seed))
    both = enumerate(zip(worlds[::2], worlds[1::2], strict=True))
    found = [_campaign(circles, before, after, seed=number) for number, (before, after) in both]
    with_lift, without, lifts = (np.array(column, np.float64) for column in zip(*found, strict=True))
    return Power(float(with_lift.mean()), float(without.mean()), float(np.median(lifts)))


def _campaign(circles: Circles, before: World, after: World, *, seed: int) -> tuple[bool, bool, float]:
    design = _design(before, seed)
    more = replace(circles, density=circles.density * (1 + design.lift)).draw(np.random.default_rng([seed, 1]))
    found = []
    for there in (more, after):
        treated, others = (
            _rate(world, half) / _rate(before, half) for world, half in zip((there, after), design.halves, strict=True)
        )
        found.append(bool(abs(np.log(treated / others)) > _SIGNIFICANT * design.error))
    return found[0], found[1], design.lift


@dataclass(frozen=True)
class _Design:
    """The cities of both halves, the standard error of the lift, and the lift that can be found."""

    halves: tuple[Ints, Ints]
    error: float
    lift: float


def _design(before: World, seed: int) -> _Design:
    cities, city = np.unique(before.keys["city"], return_inverse=True)
    sums = group_sums(before, city)
    known = np.flatnonzero(sums.courses > 0)
    largest = known[np.argsort(-sums.residents[known], kind="stable")][: len(known) // 2 * 2]
    residents, courses, variance = sums.residents[largest], sums.courses[largest], variance_of_courses(sums)[largest]
    pairs = pair(alike([np.log(residents)[:, np.newaxis], np.log(courses / residents)[:, np.newaxis]]))
    first = draw(len(pairs), seed)
    treated, others = np.where(first, *pairs.T), np.where(first, *pairs.T[::-1])
    error = standard_errors((courses[treated], variance[treated]), (courses[others], variance[others]))[-1:]
    halves = cities[largest[treated]], cities[largest[others]]
    return _Design(halves, float(error[0]), float(detectable(error)[0]))


def _rate(world: World, cities: Ints) -> float:
    return float(world.courses[np.isin(world.keys["city"], cities)].mean())
