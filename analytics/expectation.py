"""What residents can be expected to buy for: a model of all of them, and what a group itself has shown.

Knows no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist

import numpy as np

from analytics.arrays import Ints, Numbers
from analytics.intervals import CONFIDENCE, Precision, gamma_quantile

# Rounds after which the effects are settled; each one takes in all factors.
_ROUNDS = 12
_ENOUGH = 1e-3
# Variances of effects: what is begun with, and the least and most that is believed.
_FIRST_OF_FACTOR, _FIRST_OF_PAIR, _LEAST_OF_EFFECT, _MOST = 0.1, 0.02, 1e-4, 25.0
# Groups differ from the model by a tenth at least, or large ones would be taken for what the model makes of them.
_LEAST_OF_GROUP = 0.01
# The normal quantile of one chance in ten.
_RANKED_BY = -1.2816


@dataclass(frozen=True, slots=True)
class Model:
    """What a model has for each cell or group: courses of a resident, or the index as a ratio to the average, and how
    far off that may be, as a variance relative to its square."""

    rates: Numbers
    variance: Numbers


def model_rates(residents: Numbers, courses: Numbers, factors: Sequence[Ints], *, dispersion: float) -> Model:
    """Fits the courses of a resident in each cell: the product of an effect of each factor and of each two of them.

    `factors`: for each, the number of each cell's level, from 0. It is a Poisson regression, additive in the logarithm,
    fitted by iterative proportional scaling, where each effect is believed as far as its level has events of its own:
    (observed + a) / (expected + a), with a = 1 / the variance of the effects, as found from how much they differ beyond
    chance (E. Ohlsson, "Combining generalized linear models and credibility models in practice", Scandinavian Actuarial
    Journal 2008, pp. 301-314). `dispersion`: courses that count as one event.
    """
    if not courses.sum():
        return Model(np.zeros(len(courses)), np.zeros(len(courses)))
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
    return Model(fitted * dispersion / residents, np.sum([effect.variance() for effect in effects], axis=0))


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of each group: its `index`, a ratio to the average, the share of it that is the group's own, and
    how far `off` the index may be, as a variance relative to its square."""

    index: Numbers
    own_share: Numbers
    off: Numbers

    @property
    def low(self) -> Numbers:
        """What the index is above with nine chances in ten, by which groups are ranked."""
        return self._quantile(_RANKED_BY)

    @property
    def ends(self) -> tuple[Numbers, Numbers]:
        """The ends of the 95 % interval of the index, which is the mean of a Gamma distribution."""
        deviation = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
        return self._quantile(-deviation), self._quantile(deviation)

    def _quantile(self, deviation: float) -> Numbers:
        return self.index * gamma_quantile(1 / self.off, deviation)


def expected_index(found: Precision, given: Model) -> Expected:
    """Combines the index that a model has `given` for each group, a ratio to the average, with the group's own.

    The index is the mean of a Gamma distribution after `events` of Poisson's, whose prior has the model's mean and a
    variance that is found from how much groups differ from the model beyond chance (C. N. Morris, "Parametric empirical
    Bayes inference", Journal of the American Statistical Association 78 (1983), pp. 47-55).
    """
    if not len(given.rates):
        return Expected(given.rates, given.rates, given.rates)
    own = found.events * found.unit
    model = np.maximum(given.rates, np.finfo(float).eps)
    variance = _FIRST_OF_FACTOR
    for _ in range(_ROUNDS):
        weights = 1 / (variance + found.unit / model) ** 2
        beyond = (own / model - 1) ** 2 - found.unit / model
        variance = float(np.clip((weights * beyond).sum() / weights.sum(), _LEAST_OF_GROUP, _MOST))
    share = variance / (variance + found.unit / model)
    index = share * own + (1 - share) * model
    # The variance that is left after the group's own events, and that of the model: a level of few events is not sure.
    off = (1 - share) * variance + (1 - share) ** 2 * given.variance
    return Expected(index, share, off)


class _Effect:
    """The effect of the levels of one factor, or of pairs of two factors' levels."""

    def __init__(self, levels: Ints, variance: float) -> None:
        """`levels`: of each cell; those that no cell has cost nothing but their place."""
        different, self._levels = np.unique(levels, return_inverse=True)
        self._variance = variance
        self._effects = np.ones(len(different))
        self._known = np.full(len(different), 1 / variance)

    def fit(self, observed: Numbers, fitted: Numbers) -> Numbers:
        """Gives what is fitted to the cells after this effect was fitted anew to the events that were `observed`."""
        without = fitted / self._effects[self._levels]
        events, expected = (np.bincount(self._levels, values) for values in (observed, without))
        weights = 1 / (self._variance + 1 / expected) ** 2
        beyond = (events / expected - 1) ** 2 - 1 / expected
        found = (weights * beyond).sum() / weights.sum()
        self._variance = float(np.clip(found, _LEAST_OF_EFFECT, _MOST))
        self._effects = (events + 1 / self._variance) / (expected + 1 / self._variance)
        self._known = events + 1 / self._variance
        return without * self._effects[self._levels]

    def variance(self) -> Numbers:
        """How far off the effect of each cell's level may be, relative to its square: that of a Gamma distribution."""
        return 1 / self._known[self._levels]
