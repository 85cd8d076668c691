"""The interval of a count of rare events: against scipy's own quantiles, and how often it holds the truth."""

import numpy as np
import pytest
from scipy import stats

from analytics.intervals import clustered_interval, poisson_interval


def test_the_ends_are_quantiles_of_chi_square() -> None:
    """As Garwood's table has them, in the form that textbooks print."""
    counts = np.array([0, 1, 2, 3, 10, 30, 100, 5_000, 10_000_000], dtype=np.float64)
    low, high = poisson_interval(counts)
    assert low[0] == 0
    np.testing.assert_allclose(low[1:], stats.chi2.ppf(0.025, 2 * counts[1:]) / 2, rtol=1e-9)
    np.testing.assert_allclose(high, stats.chi2.ppf(0.975, 2 * counts + 2) / 2, rtol=1e-9)


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39)])
def test_values_that_are_printed_everywhere(count: int, low: float, high: float) -> None:
    ends = poisson_interval(np.array([float(count)]))
    assert [end[0] for end in ends] == pytest.approx([low, high], rel=1e-3)


@pytest.mark.parametrize("mean", [0.3, 2.0, 7.5, 40.0, 900.0])
def test_it_holds_the_mean_in_95_of_100_cases_at_least(mean: float) -> None:
    draws = np.random.default_rng(1).poisson(mean, 20_000).astype(np.float64)
    low, high = poisson_interval(draws)
    held = np.mean((low <= mean) & (mean <= high))
    # What 20,000 draws can tell: three standard errors are half a percent.
    assert 0.945 <= held <= 1
    assert np.mean(low > mean) <= 0.03
    assert np.mean(high < mean) <= 0.03


def test_another_confidence_is_narrower() -> None:
    wide, narrow = poisson_interval(np.array([20.0])), poisson_interval(np.array([20.0]), confidence=0.5)
    assert wide[0][0] < narrow[0][0] < narrow[1][0] < wide[1][0]


def test_no_counts_have_no_intervals() -> None:
    assert [len(end) for end in poisson_interval(np.array([]))] == [0, 0]


def test_with_one_course_a_buyer_it_is_the_interval_of_the_courses() -> None:
    counts = np.array([0.0, 1.0, 7.0, 300.0])
    for plain, clustered in zip(
        poisson_interval(counts), clustered_interval(counts, counts, courses_per_buyer=1.0), strict=True
    ):
        np.testing.assert_array_equal(plain, clustered)


def test_one_resident_with_many_relatives_is_one_chance() -> None:
    """Of one buyer with 20 courses less is sure than of ten buyers with two each."""
    low, high = clustered_interval(np.array([20.0, 20.0]), np.array([1.0, 10.0]), courses_per_buyer=2.0)
    assert low == pytest.approx([20 * 0.0253, 2 * 4.795], rel=1e-3)
    assert high == pytest.approx([20 * 5.572, 2 * 18.39], rel=1e-3)


def test_who_has_no_buyers_may_have_had_some() -> None:
    low, high = clustered_interval(np.array([0.0]), np.array([0.0]), courses_per_buyer=2.5)
    assert (low[0], high[0]) == (0.0, pytest.approx(2.5 * 3.689, rel=1e-3))


@pytest.mark.parametrize("most", [1, 3, 6])
def test_it_holds_the_mean_where_courses_come_by_the_handful(most: int) -> None:
    """Where buyers have one to six courses each, courses counted one by one would hold it less often."""
    dice = np.random.default_rng(2)
    buyers = dice.poisson(12, 5_000)
    courses = np.array([dice.integers(1, most + 1, number).sum() for number in buyers], dtype=np.float64)
    mean = 12 * (most + 1) / 2
    held = []
    for low, high in (
        clustered_interval(courses, buyers.astype(np.float64), courses_per_buyer=mean / 12),
        poisson_interval(courses),
    ):
        held.append(np.mean((low <= mean) & (mean <= high)))
    assert held[0] >= 0.92
    assert held[0] >= held[1]
