"""Pairs groups that are alike, draws one of each pair, and says what difference between both halves can be seen.

Knows no database.
"""

import math
from collections.abc import Sequence

import numpy as np

from analytics.arrays import Flags, Ints, Numbers

# Two standard errors for a mistake in twenty cases, and what is beyond them in eight of ten: 1.96 + 0.84.
DETECTABLE = 2.8
_LEAST_GAIN = 1e-9


def alike(aspects: Sequence[Numbers]) -> Numbers:
    """Gives how far each two groups are apart. An aspect has a column for each of its measures and counts as much as
    any other, however many columns it has: its mean square is 1."""
    distance = np.zeros((len(aspects[0]), len(aspects[0])))
    for columns in aspects:
        centred = columns - columns.mean(axis=0)
        spread = math.sqrt(float(np.square(centred).sum(axis=1).mean())) or 1.0
        scaled = centred / spread
        square = np.square(scaled).sum(axis=1)
        distance += np.maximum(square[:, np.newaxis] + square - 2 * scaled @ scaled.T, 0)
    return distance


def pair(distance: Numbers) -> Ints:
    """Pairs an even number of groups: rows of two numbers.

    The closest two first, then the closest two of the rest (the optimal greedy algorithm of R. T. Moore, "Multivariate
    continuous blocking to improve political science experiments", Political Analysis 20 (2012), pp. 460-479), then two
    pairs change partners as long as that makes both together closer.
    """
    number = len(distance)
    one, other = np.triu_indices(number, 1)
    order = np.argsort(distance[one, other], kind="stable")
    free, pairs = [True] * number, []
    for first, second in zip(one[order].tolist(), other[order].tolist(), strict=True):
        if free[first] and free[second]:
            free[first] = free[second] = False
            pairs.append((first, second))
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    while _exchange(found, distance):
        pass
    return found


def draw(pairs: int, seed: int) -> Flags:
    """Draws for each pair whether its first group is the one that is treated: the same for the same seed, and for the
    first pairs however many follow."""
    return np.random.default_rng(seed).random(pairs) < 0.5


def standard_errors(treated: tuple[Numbers, Numbers], others: tuple[Numbers, Numbers]) -> Numbers:
    """Gives the standard error of the logarithm of the lift with the first pair, the first two, and so on.

    `treated` and `others`: of the groups of each half their courses and the variance of these. The lift is (A / B) /
    (a / b): the courses of the treated half after over before, over those of the other half. So what a city always is
    falls out, and each of the four sums brings its own variance.
    """
    halves = [np.cumsum(variance) / np.cumsum(courses) ** 2 for courses, variance in (treated, others)]
    return np.sqrt(2 * (halves[0] + halves[1]))


def detectable(errors: Numbers) -> Numbers:
    """Gives the smallest lift that is found with eight chances in ten, as a part of the courses without it."""
    return np.expm1(DETECTABLE * errors)


def _exchange(pairs: Ints, distance: Numbers) -> bool:
    """Lets those pairs change partners, each once, that gain the most by it. Whether any did."""
    one, other = pairs.T
    now = distance[one, other]
    both = now[:, np.newaxis] + now
    straight, crossed = distance[np.ix_(one, one)] + distance[np.ix_(other, other)], distance[np.ix_(one, other)]
    gains = np.triu(both - np.minimum(straight, crossed + crossed.T), 1)
    first, second = np.nonzero(gains > _LEAST_GAIN)
    changed: set[int] = set()
    for place in np.argsort(-gains[first, second], kind="stable").tolist():
        here, there = int(first[place]), int(second[place])
        if here in changed or there in changed:
            continue
        changed |= {here, there}
        (a, b), (c, d) = pairs[here].tolist(), pairs[there].tolist()
        is_straight = straight[here, there] <= crossed[here, there] + crossed[there, here]
        pairs[here], pairs[there] = ((a, c), (b, d)) if is_straight else ((a, d), (c, b))
    return bool(changed)
