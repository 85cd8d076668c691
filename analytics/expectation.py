"""What residents can be expected to buy for: a model of all of them, and what a group itself has shown.

Knows no database.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analytics.intervals import Numbers, Precision

Ints = NDArray[np.int64]

# Rounds after which the effects are settled; each one takes in all factors.
_ROUNDS = 12
_ENOUGH = 1e-3
# Variances of effects: what is begun with, and the least and most that is believed.
_FIRST_OF_FACTOR, _FIRST_OF_PAIR, _LEAST_OF_EFFECT, _MOST = 0.1, 0.02, 1e-4, 25.0
# Groups differ from the model by a tenth at least, or large ones would be taken for what the model makes of them.
_LEAST_OF_GROUP = 0.01


def model_rates(residents: Numbers, courses: Numbers, factors: Sequence[Ints], *, dispersion: float) -> Numbers:
    """Fits the courses of a resident in each cell: the product of an effect of each factor and of each two of them.

    `factors`: for each, the number of each cell's level, from 0. It is a Poisson regression, additive in the logarithm,
    fitted by iterative proportional scaling, where each effect is believed as far as its level has events of its own:
    (observed + a) / (expected + a), with a = 1 / the variance of the effects, as found from how much they differ beyond
    chance (E. Ohlsson, "Combining generalized linear models and credibility models in practice", Scandinavian Actuarial
    Journal 2008, pp. 301-314). `dispersion`: courses that count as one event.
    """
    if not courses.sum():
        return np.zeros(len(courses))
    effects = [_Effect(levels, _FIRST_OF_FACTOR) for levels in factors]
    # Of two factors the pairs of levels are the cells themselves, which the groups' own data speak for.
    pairs = combinations(factors, 2) if len(factors) > 2 else ()
    effects += [_Effect(one * (int(other.max()) + 1) + other, _FIRST_OF_PAIR) for one, other in pairs]
    observed, total = courses / dispersion, courses.sum() / dispersion
    fitted = residents * (total / residents.sum())
    for _ in range(_ROUNDS):
        before = fitted
        for effect in effects:
            fitted = effect.fit(observed, fitted)
        fitted *= total / fitted.sum()
        if np.abs(fitted - before).sum() < _ENOUGH * total:
            break
    rates: Numbers = fitted * dispersion / residents
    return rates


def expected_index(found: Precision, model: Numbers) -> tuple[Numbers, Numbers]:
    """Combines the index that the `model` has for each group, a ratio to the average, with the group's own.

    Gives the expected index, and the share of it that is the group's own: the mean of a Gamma distribution after
    `events` of Poisson's, whose prior has the model's mean and a variance that is found from how much groups differ
    from the model beyond chance (C. N. Morris, "Parametric empirical Bayes inference", Journal of the American
    Statistical Association 78 (1983), pp. 47-55).
    """
    own = found.events * found.unit
    model = np.maximum(model, np.finfo(float).eps)
    variance = _FIRST_OF_FACTOR
    for _ in range(_ROUNDS):
        weights = 1 / (variance + found.unit / model) ** 2
        beyond = (own / model - 1) ** 2 - found.unit / model
        variance = float(np.clip((weights * beyond).sum() / weights.sum(), _LEAST_OF_GROUP, _MOST))
    share = variance / (variance + found.unit / model)
    return share * own + (1 - share) * model, share


class _Effect:
    """The effect of the levels of one factor, or of pairs of two factors' levels."""

    def __init__(self, levels: Ints, variance: float) -> None:
        """`levels`: of each cell; those that no cell has cost nothing but their place."""
        different, self._levels = np.unique(levels, return_inverse=True)
        self._variance = variance
        self._effects = np.ones(len(different))

    def fit(self, observed: Numbers, fitted: Numbers) -> Numbers:
        """Gives what is fitted to the cells after this effect was fitted anew to the events that were `observed`."""
        without = fitted / self._effects[self._levels]
        events, expected = (np.bincount(self._levels, values) for values in (observed, without))
        weights = 1 / (self._variance + 1 / expected) ** 2
        beyond = (events / expected - 1) ** 2 - 1 / expected
        found = (weights * beyond).sum() / weights.sum()
        self._variance = float(np.clip(found, _LEAST_OF_EFFECT, _MOST))
        self._effects = (events + 1 / self._variance) / (expected + 1 / self._variance)
        return without * self._effects[self._levels]
