"""The model of what is expected, and what a group's own data add to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.expectation import Model, expected_index, model_rates
from analytics.intervals import Precision

_COUNTS = st.integers(0, 40)


def _planted(residents: float) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Effects of 8 cities, 5 ages and 6 channels that multiply, each cell with so many residents."""
    dice = np.random.default_rng(3)
    factors = list(np.unravel_index(np.arange(8 * 5 * 6), (8, 5, 6)))
    effects = [np.exp(dice.normal(0, 0.4, size)) for size in (8, 5, 6)]
    rates = np.prod([effect[levels] for effect, levels in zip(effects, factors, strict=True)], axis=0)
    return np.full(len(rates), residents), factors, rates


def test_planted_effects_are_found() -> None:
    residents, factors, rates = _planted(200.0)
    courses = np.random.default_rng(4).poisson(residents * rates).astype(float)
    found = model_rates(residents, courses, factors, dispersion=1.0).rates
    assert np.corrcoef(np.log(found), np.log(rates))[0, 1] > 0.99
    np.testing.assert_allclose(found, rates, rtol=0.25)


def test_a_town_of_few_residents_is_not_believed() -> None:
    """Three residents with twice the courses of all others: most of that is taken for chance."""
    residents, factors, _ = _planted(50.0)
    courses = residents.copy()
    small = factors[0] == 0
    residents[small], courses[small] = 0.1, 0.3
    found = model_rates(residents, courses, factors, dispersion=3.0).rates
    assert 0.9 < found[~small].mean() < 1.1
    assert 1 < found[small].mean() < 1.5


def test_the_model_has_as_many_courses_as_there_are() -> None:
    residents, factors, rates = _planted(3.0)
    courses = np.random.default_rng(5).poisson(residents * rates).astype(float)
    found = model_rates(residents, courses, factors, dispersion=2.0).rates
    assert (found * residents).sum() == pytest.approx(courses.sum())


@given(arrays(np.int64, 12, elements=_COUNTS), arrays(np.int64, 12, elements=st.integers(1, 30)))
def test_any_counts_have_a_model(courses: np.ndarray, residents: np.ndarray) -> None:
    factors = list(np.unravel_index(np.arange(12), (2, 2, 3)))
    rates = model_rates(residents.astype(float), courses.astype(float), factors, dispersion=1.5).rates
    assert np.isfinite(rates).all()
    assert (rates >= 0).all()


@given(
    arrays(np.float64, 6, elements=st.floats(0, 500)),
    arrays(np.float64, 6, elements=st.floats(0.001, 10)),
    arrays(np.float64, 6, elements=st.floats(0, 5)),
)
def test_what_is_expected_lies_between_the_model_and_the_own(
    events: np.ndarray, unit: np.ndarray, model: np.ndarray
) -> None:
    expected = expected_index(Precision(events, unit), Model(model, np.full(6, 0.1)))
    found, share, own = expected.index, expected.own_share, events * unit
    assert (expected.low <= found).all()
    assert (found >= np.minimum(own, model) - 1e-9).all()
    assert (found <= np.maximum(own, model) + 1e-9).all()
    assert ((share >= 0) & (share <= 1)).all()


def test_many_residents_speak_for_themselves() -> None:
    share = expected_index(
        Precision(np.array([1.0, 10_000.0]), np.array([1.5, 1.5 / 10_000])), Model(np.ones(2), np.zeros(2))
    ).own_share
    assert share[0] < 0.3
    assert share[1] > 0.9


def test_without_courses_there_is_nothing_to_expect() -> None:
    assert model_rates(np.ones(3), np.zeros(3), [np.arange(3)], dispersion=1.0).rates.tolist() == [0, 0, 0]
