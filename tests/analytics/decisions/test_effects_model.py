"""The regression against its score equations, and its intervals against matrices of residents."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.effects import Delivery, Effects, Pooled, effects_of_cells, effects_of_residents
from analytics.intervals import Precision, interval, settled_dispersion
from analytics.regression import PENALTY, Cells, fit

SIZES = (4, 3, 2)


@dataclass(frozen=True)
class Few:
    """Residents by the numbers of their levels, and ordered pairs of related ones."""

    levels: np.ndarray
    courses: np.ndarray
    pairs: np.ndarray

    @property
    def cells(self) -> Cells:
        """A cell for each different resident."""
        known, self_of = np.unique(self.levels, axis=0, return_inverse=True)
        residents, courses = (np.bincount(self_of, values).astype(float) for values in (None, self.courses))
        numbered = [np.unique(column, return_inverse=True) for column in known.T]
        return Cells(
            residents, courses, tuple(number for _, number in numbered), tuple(len(values) for values, _ in numbered)
        )

    @property
    def delivery(self) -> Delivery:
        _, cell = np.unique(self.levels, axis=0, return_inverse=True)
        return Delivery(cell, self.courses.astype(float), *self.pairs.T)


@st.composite
def few(draw: st.DrawFn, *, least: int = 0) -> Few:
    """Residents of whom everybody has `least` courses or more."""
    number = draw(st.integers(8, 30))
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    levels = np.stack([dice.integers(0, size, number) for size in SIZES], axis=1)
    one, other = np.nonzero(np.triu(dice.random((number, number)) < draw(st.sampled_from([0.0, 0.1, 0.3])), 1))
    pairs = np.concatenate([np.stack([one, other], axis=1), np.stack([other, one], axis=1)])
    return Few(levels, least + dice.poisson(1.5, number), pairs)


@given(few())
def test_fitted_courses_of_each_level_are_those_that_it_has(people: Few) -> None:
    cells = people.cells
    has = [cells.summed(factor, cells.courses) > 0 for factor in range(3)]
    known = np.all([one[levels] for one, levels in zip(has, cells.levels, strict=True)], axis=0)
    if known.any():
        found = fit(cells.chosen(known))
        for factor in range(3):
            expected, fitted = (found.cells.summed(factor, values) for values in (found.cells.courses, found.fitted))
            np.testing.assert_allclose(fitted, expected, atol=1_000 * PENALTY)


def test_it_is_what_statsmodels_fits() -> None:
    """`GLM(courses, design, family=Poisson(), offset=log(residents)).fit()` of statsmodels 0.15.0."""
    levels = np.unravel_index(np.arange(12), (3, 2, 2))
    residents, courses = np.arange(10.0, 22), np.array([3.0, 9, 4, 1, 15, 22, 8, 7, 2, 0, 5, 30])
    found = fit(Cells(residents, courses, tuple(levels), (3, 2, 2)))
    expected = [2.7293249490, 5.2537893511, 3.1138072384, 5.9030784614, 8.6931572310, 16.2991697820]
    np.testing.assert_allclose(found.fitted[:6], expected, rtol=1e-6)


@given(few(least=1), st.sampled_from([1.0, 2.5]))
@settings(max_examples=40)
def test_the_variance_of_cells_is_that_of_matrices(people: Few, dispersion: float) -> None:
    cells = people.cells
    found = effects_of_cells(cells, [Pooled(dispersion, np.full(size, 0.01)) for size in cells.sizes])
    dense = _Dense(cells)
    for factor in range(3):
        variance = dispersion * dense.variances(factor, dense.bread) + 0.01
        _agree(found[factor], dense.effect(factor), variance)


@given(few(least=1))
@settings(max_examples=40)
def test_the_variance_of_residents_is_that_of_matrices(people: Few) -> None:
    cells = people.cells
    found = effects_of_residents(cells, [people.delivery])
    dense = _Dense(cells)
    for factor in range(3):
        poisson = dense.variances(factor, dense.bread)
        robust = np.maximum(dense.variances(factor, dense.bread @ dense.meat(people.delivery) @ dense.bread), 0)
        events = 1 / poisson
        drawn = robust * events**2, events, cells.summed(factor, cells.residents)
        _agree(found[factor], dense.effect(factor), poisson * settled_dispersion(*drawn, total=drawn[0].sum()))


@given(few())
def test_the_average_resident_has_a_hundred_and_who_buys_nothing_has_an_upper_end(people: Few) -> None:
    cells = people.cells
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = effects_of_residents(cells, [people.delivery])
    for factor, one in enumerate(found):
        residents, courses = (cells.summed(factor, values) for values in (cells.residents, cells.courses))
        known = ~np.isnan(one.effect)
        if cells.courses.sum():
            assert one.effect[known] @ residents[known] == pytest.approx(residents[known].sum())
            assert (one.low[known] <= one.effect[known] + 1e-9).all()
            assert (one.effect[known] <= one.high[known] + 1e-9).all()
            empty = courses == 0
            assert not one.effect[empty].any()
            assert not one.low[empty].any()
            assert (np.isfinite(one.high[empty]) & (one.high[empty] > 0)).all()
        else:
            assert not known.any()


def test_the_only_level_of_a_factor_is_the_average() -> None:
    cells = Cells(np.array([5.0, 9]), np.array([3.0, 2]), (np.array([0, 1]), np.zeros(2, np.int64)), (2, 1))
    only = effects_of_residents(cells, [_alone(cells)])[1]
    np.testing.assert_allclose([only.effect, only.low, only.high], 1, atol=1e-4)


def test_a_city_with_a_channel_of_its_own_says_nothing_of_either_and_nothing_else_of_others() -> None:
    """Whether the third city or the third channel is better nobody can say, in two cities with two channels one can."""
    levels = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 2])
    cells = Cells(np.full(5, 100.0), np.array([50.0, 100, 150, 300, 70]), levels, (3, 3))
    city, channel = effects_of_residents(cells, [_alone(cells)])
    np.testing.assert_allclose(city.effect, [0.5, 1.5, np.nan], rtol=1e-5)
    np.testing.assert_allclose(channel.effect, [2 / 3, 4 / 3, np.nan], rtol=1e-5)
    assert np.isnan([city.low[2], city.high[2], channel.low[2], channel.high[2]]).all()


def test_planted_effects_of_thousands_of_cities_are_found_soon() -> None:
    dice = np.random.default_rng(8)
    sizes = (2_000, 7, 12, 2)
    levels = tuple(dice.integers(0, size, 30_000) for size in sizes)
    planted = [np.exp(dice.normal(0, 0.4, size)) for size in sizes]
    rates = np.prod([one[number] for one, number in zip(planted, levels, strict=True)], axis=0)
    cells = Cells(np.full(30_000, 20.0), dice.poisson(20 * rates).astype(float), levels, sizes)
    for one, effect in zip(
        effects_of_cells(cells, [Pooled(1, np.zeros(size)) for size in sizes]), planted, strict=True
    ):
        assert np.corrcoef(np.log(one.effect), np.log(effect))[0, 1] > 0.98


def _alone(cells: Cells) -> Delivery:
    """Residents who are related to nobody, those of a cell alike."""
    cell = np.repeat(np.arange(len(cells.residents)), cells.residents.astype(int))
    share = cells.courses / cells.residents
    none = np.zeros(0, np.int64)
    return Delivery(cell, share[cell], none, none)


def _agree(found: Effects, effect: np.ndarray, variance: np.ndarray) -> None:
    if len(effect) == 1:
        variance = np.array([1e-12])
    low, high = interval(Precision(1 / variance, effect * variance))
    is_known = ~np.isnan(found.effect)
    for one, expected in ((found.effect, effect), (found.low, low), (found.high, high)):
        if is_known.all():
            np.testing.assert_allclose(one, expected, rtol=1e-3, atol=1e-6)


class _Dense:
    """The same with a matrix of cells by all columns, the base of each factor but the first left out."""

    def __init__(self, cells: Cells) -> None:
        self.cells, self.fit = cells, fit(cells)
        blocks: list[Any] = []
        self._ends = [0]
        for factor, (levels, size) in enumerate(zip(cells.levels, cells.sizes, strict=True)):
            block = np.eye(size)[levels]
            if factor:
                block[:, int(np.argmax(cells.summed(factor, cells.courses)))] = 0
            blocks.append(block)
            self._ends.append(self._ends[-1] + size)
        self.design = np.concatenate(blocks, axis=1)
        used: Any = self.design.any(axis=0)
        information = (self.design.T * self.fit.fitted) @ self.design + PENALTY * np.eye(len(used))
        self.bread = np.zeros_like(information)
        self.bread[np.ix_(used, used)] = np.linalg.inv(information[np.ix_(used, used)])

    def effect(self, factor: int) -> np.ndarray:
        residents, effect = self.cells.summed(factor, self.cells.residents), np.exp(self.fit.logs[factor])
        return np.asarray(effect * residents.sum() / (residents @ effect))

    def variances(self, factor: int, of_logs: np.ndarray) -> np.ndarray:
        weights = self.cells.summed(factor, self.cells.residents) * self.effect(factor)
        size = self.cells.sizes[factor]
        pick = np.zeros((size, len(of_logs)))
        pick[:, self._ends[factor] : self._ends[factor + 1]] = np.eye(size) - weights / weights.sum()
        return np.asarray(np.diag(pick @ of_logs @ pick.T))

    def meat(self, delivery: Delivery) -> np.ndarray:
        """Scores of residents, each from what is fitted without all related ones."""
        rows: Any = self.design[delivery.cell]
        fitted = self.fit.rates[delivery.cell]
        related = np.eye(len(rows))
        related[delivery.one, delivery.other] = 1
        leverage: Any = related * (rows @ self.bread @ rows.T)
        beyond = delivery.courses - fitted
        left = np.maximum(1 - leverage @ fitted, 0.2)
        scores: Any = rows * (beyond + fitted * (leverage @ beyond) / left)[:, np.newaxis]
        return np.asarray(scores.T @ related @ scores)
