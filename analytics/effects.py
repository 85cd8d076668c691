"""Effects of factors on courses, all else equal, and how far off they may be. Knows no database.

The effect of a level is what its residents buy for, against the average resident of all levels of the factor, if both
are the same in everything else. Intervals are robust: they hold where related residents depend on each other, and
where courses vary more than Poisson's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.arrays import Ints, Numbers
from analytics.intervals import Precision, interval, settled_dispersion
from analytics.regression import Cells, Fit, fit

# The variance of the logarithm of an effect that one course tells is about 1; where the data tell nothing it is that of
# the regression's penalty, thousands.
_MOST_TO_BE_KNOWN = 100.0
_NO_VARIANCE = 1e-12
# Of a city of which all residents are related nothing is left: no less than this part is taken to be.
_LEAST_LEFT = 0.2


@dataclass(frozen=True, slots=True)
class Effects:
    """The effect of each level of a factor as a ratio to the average resident, and the ends of its 95 % interval; nan
    where no data tell it apart from the other factors."""

    effect: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True, slots=True)
class Delivery:
    """Residents of one delivery: the number of each one's cell, their courses, and ordered pairs of different ones who
    are related, all of them in cells."""

    cell: Ints
    courses: Numbers
    one: Ints
    other: Ints


@dataclass(frozen=True, slots=True)
class Pooled:
    """What is known of the variance where pairs are not to be used: the variance by course, the same for all levels of
    a factor, and the variance of each level's index that was added to it, relative to its square."""

    dispersion: float
    noise: Numbers


def effects_of_residents(cells: Cells, deliveries: Iterable[Delivery]) -> tuple[Effects, ...]:
    """Finds the effects of each factor's levels, and their intervals from the pairs of related residents.

    The variance of the logarithm of an effect is the sum of z_i z_j over all residents i and j who are the same or
    related, where z is the influence of a resident on it: the sandwich of P. J. Huber and H. White with the meat of D.
    Kojevnikov, V. Marmer and K. Song (see `intervals.precision`). Against the variance of independent Poisson draws it
    is drawn to that of levels of about as many residents, as it is for indexes.
    """
    if not cells.courses.sum():
        return _nothing(cells)
    model = _Model(cells)
    scores, effects = _scores_of_residents(model, deliveries), []
    both = zip(model.variances(scores), model.variances(model.poisson), strict=True)
    for factor, (robust, poisson) in enumerate(both):
        events = np.where(poisson > _NO_VARIANCE, 1 / np.maximum(poisson, _NO_VARIANCE), 0)
        found, residents = robust * events**2, cells.summed(factor, cells.residents)
        dispersion = settled_dispersion(found, events, residents, total=float(found.sum()))
        effects.append(model.effects(factor, dispersion * poisson, dispersion))
    return tuple(effects)


def effects_of_cells(cells: Cells, pooled: Sequence[Pooled]) -> tuple[Effects, ...]:
    """Finds the effects as `effects_of_residents` does, with the same variance by course for all levels of a factor."""
    if not cells.courses.sum():
        return _nothing(cells)
    model = _Model(cells)
    found = []
    for factor, (poisson, known) in enumerate(zip(model.variances(model.poisson), pooled, strict=True)):
        variance = known.dispersion * poisson + known.noise
        found.append(model.effects(factor, variance, np.full(len(variance), known.dispersion)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Scores:
    """Sums of products of scores over pairs, of residents with themselves too: of each level of the first factor
    (`first`), of it and each of the columns that residents have influence on (`across`), and of these (`rest`)."""

    first: Numbers
    across: Numbers
    rest: Numbers


@dataclass(frozen=True, slots=True)
class _Levels:
    """The effect of each level of a factor, nan where nothing is known of it, and how much of the average it is."""

    effect: Numbers
    weights: Numbers


class _Model:
    """The regression of all cells but those in levels without courses, where nothing is to be expected."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self._courses = [cells.summed(factor, cells.courses) for factor in range(len(cells.sizes))]
        self._known = np.logical_and.reduce(
            [courses[levels] > 0 for courses, levels in zip(self._courses, cells.levels, strict=True)]
        )
        self._fit: Fit = fit(cells.chosen(self._known))
        self.rates = np.zeros(len(cells.courses))
        self.rates[self._known] = self._fit.rates

    @cached_property
    def levels(self) -> "list[_Levels]":
        """What is said of the levels of each factor."""
        return [self._of(factor) for factor in range(len(self.cells.sizes))]

    def _of(self, factor: int) -> "_Levels":
        courses = self._courses[factor]
        base = int(np.argmax(courses))
        apart = self._fit.information.apart(base) if factor == 0 else self._apart(factor, base)
        known = (courses > 0) & (apart < _MOST_TO_BE_KNOWN)
        logs = self._fit.logs[factor] - self._fit.logs[factor][base]
        residents = self.cells.summed(factor, self.cells.residents)
        counted = np.where(known | (courses == 0), residents, 0)
        effect = np.where(known, np.exp(np.where(known, logs, 0)), 0)
        weights = counted * effect
        mean = weights.sum() / counted.sum()
        return _Levels(np.where(courses > 0, np.where(known, effect / mean, np.nan), 0), weights / weights.sum())

    def _apart(self, factor: int, base: int) -> Numbers:
        places = self._fit.columns.places[factor - 1]
        rest = np.append(self._fit.information.rest.diagonal(), 0.0)
        return rest[places]

    @cached_property
    def design(self) -> Numbers:
        """The columns of each cell, without what the level of the first factor makes of them."""
        columns = self._fit.columns
        found = np.zeros((len(self.cells.courses), columns.count))
        unit = np.vstack([np.eye(columns.count), np.zeros(columns.count)])
        shares = self._fit.information.shares[self._fit.cells.levels[0]]
        found[self._known] = sum((unit[numbers] for numbers in columns.of_cells), -shares)
        return found

    @cached_property
    def of_place(self) -> Numbers:
        """What one course of a resident of each cell adds to the logarithm of the first factor's level, at the same
        columns."""
        return np.asarray((1 / self._fit.information.first)[self.cells.levels[0]] * self._known)

    @cached_property
    def influence(self) -> Numbers:
        """What one course of a resident of each cell adds to each column, and to the logarithm of the average effect of
        the first factor."""
        information, columns = self._fit.information, self._fit.columns
        own = self._fit.cells.levels[0]
        found = np.zeros((len(self.cells.courses), columns.count + 1))
        found[:, :-1] = self.design @ self._fit.information.rest
        found[self._known, -1] = (self.levels[0].weights / information.first)[own]
        return found

    @cached_property
    def poisson(self) -> _Scores:
        """The scores if all courses were independent draws of Poisson's."""
        fitted, influence = self.cells.residents * self.rates, self.influence
        across = np.stack([self.cells.summed(0, fitted * column) for column in influence.T], axis=1)
        rest = influence.T @ (fitted[:, np.newaxis] * influence)
        return _Scores(self.cells.summed(0, fitted), across, rest)

    def variances(self, scores: _Scores) -> list[Numbers]:
        """Gives the variance of the logarithm of each effect of each factor; 0 without courses."""
        information = self._fit.information
        weights = self.levels[0].weights
        shares = information.shares - weights @ information.shares
        own = np.hstack([-shares, -np.ones((len(shares), 1))])
        first = scores.first / information.first**2
        first += 2 * (scores.across * own).sum(axis=1) / information.first
        found = [first + _squared(own, scores.rest)]
        for levels, places in zip(self.levels[1:], self._fit.columns.places, strict=True):
            unit = np.eye(self._fit.columns.count + 1)
            # Whose effect is the one that the others are compared with has no column.
            unit[-1] = 0
            design = unit[places] - levels.weights @ unit[places]
            found.append(_squared(design, scores.rest))
        return [
            np.where(courses > 0, np.maximum(variance, 0), 0)
            for variance, courses in zip(found, self._courses, strict=True)
        ]

    def effects(self, factor: int, variance: Numbers, dispersion: Numbers) -> Effects:
        """Makes the effects of a factor and their intervals of the variance of their logarithms. Without courses there
        is an upper end alone, of the courses that are expected of the average level."""
        effect, has_courses = self.levels[factor].effect, self._courses[factor] > 0
        # The only level is the average, and no data can tell otherwise.
        if has_courses.sum() == 1:
            variance = np.full(len(effect), _NO_VARIANCE)
        events = np.where(has_courses, 1 / np.maximum(variance, _NO_VARIANCE), 0)
        expected = self.cells.summed(factor, self.cells.residents * self._others(factor))
        unit = np.where(
            has_courses, effect / np.maximum(events, _NO_VARIANCE), dispersion / np.maximum(expected, _NO_VARIANCE)
        )
        low, high = interval(Precision(events, unit))
        return Effects(effect, low, high)

    def _others(self, factor: int) -> Numbers:
        """Courses of a resident of each cell if the level of this factor were the average, as the ones of other factors
        are taken to be that have no courses, or of which nothing is known."""
        known = [np.where(levels.effect >= 0, levels.effect, 1) for levels in self.levels]
        of_cells = [effect[numbers] for effect, numbers in zip(known, self.cells.levels, strict=True)]
        total = self.cells.residents @ np.prod(of_cells, axis=0)
        others = np.prod([np.where(one > 0, one, 1) for one in (*of_cells[:factor], *of_cells[factor + 1 :])], axis=0)
        return np.asarray(others * (self.cells.courses.sum() / total))


def _squared(design: Numbers, sums: Numbers) -> Numbers:
    """Gives x' A x for each row x of a design."""
    return np.asarray(((design @ sums) * design).sum(axis=1))


def _nothing(cells: Cells) -> tuple[Effects, ...]:
    return tuple(Effects(*(np.full(size, np.nan) for _ in Effects.__slots__)) for size in cells.sizes)


def _scores_of_residents(model: _Model, deliveries: Iterable[Delivery]) -> _Scores:
    """Adds up what each resident and each pair of related ones add."""
    cells, influence = model.cells, model.influence
    width = influence.shape[1]
    first, across = np.zeros(cells.sizes[0]), np.zeros((cells.sizes[0], width))
    rest = np.zeros((width, width))
    for one in deliveries:
        place = cells.levels[0][one.cell]
        is_same = place[one.one] == place[one.other]
        inside = Delivery(one.cell, one.courses, one.one[is_same], one.other[is_same])
        beyond = _left_out(model, one, inside)
        own = beyond[:, np.newaxis] * influence[one.cell]
        around = _with_all_related(one, own)
        rest += own.T @ around
        across += np.stack([np.bincount(place, beyond * column, len(first)) for column in around.T], axis=1)
        first += np.bincount(place, beyond * _with_related(inside, beyond), len(first))
    return _Scores(first, across, rest)


def _left_out(model: _Model, one: Delivery, inside: Delivery) -> Numbers:
    """Gives how far the courses of each resident are from what is fitted to all but them and those they are related to.

    From what is fitted to all they are not far enough: a city of few circles is fitted to these. To leave somebody out
    is one step of Newton's here, as in the jackknife (R. M. Bell, D. F. McCaffrey, "Bias reduction in standard errors
    for linear regression with multi-stage samples", Survey Methodology 28 (2002), pp. 169-181).
    """
    fitted, columns = model.rates[one.cell], slice(0, -1)
    beyond = one.courses - fitted
    influence, design = model.influence[one.cell, columns], model.design[one.cell]
    moves = []
    for values in (beyond, fitted):
        others = _with_all_related(one, values[:, np.newaxis] * influence)
        moves.append(_with_related(inside, values) * model.of_place[one.cell] + (design * others).sum(axis=1))
    found: Numbers = beyond + fitted * moves[0] / np.maximum(1 - moves[1], _LEAST_LEFT)
    return found


def _with_all_related(delivery: Delivery, columns: Numbers) -> Numbers:
    found = np.empty_like(columns)
    for number, column in enumerate(columns.T):
        found[:, number] = _with_related(delivery, column)
    return found


def _with_related(delivery: Delivery, values: Numbers) -> Numbers:
    """Adds to the value of each resident those of all who are related to them."""
    return np.asarray(values + np.bincount(delivery.one, values[delivery.other], len(values)))
