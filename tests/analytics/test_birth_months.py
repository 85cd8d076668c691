"""What is said of months of birth: certain ones by simulation, shares that are believed, whole numbers that add up."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.birth_months import EVEN, KEPT, shares, spread, standing_out
from tests.effort import tries

shares_of_months = st.lists(st.integers(0, 1000), min_size=12, max_size=12).filter(any)


@given(courses=st.lists(st.integers(0, 10**6), max_size=30), weights=shares_of_months)
def test_spread_courses_add_up_by_group_and_are_next_to_their_shares(courses: list[int], weights: list[int]) -> None:
    over = np.array(weights) / sum(weights)
    found = spread(courses, over)
    assert found.shape == (len(courses), 12)
    assert found.sum(axis=1).tolist() == courses
    assert (np.abs(found - np.outer(courses, over)) < 1 + 1e-9).all()
    assert found.min(initial=0) >= 0


def test_the_months_of_many_small_groups_together_have_their_shares() -> None:
    found = spread([7] * 600, EVEN).sum(axis=0)
    assert np.abs(found - 4200 * EVEN).max() < 2


def test_what_chance_gives_stands_out_in_one_of_twenty_deliveries_and_what_is_planted_does() -> None:
    dice, false, found = np.random.default_rng(7), 0, 0
    planted = EVEN * np.where(np.arange(12) == 5, 1.5, 1)
    for _ in range(tries(5000)):
        bought = dice.geometric(0.4, size=1500)
        by_chance, true = (
            np.bincount(dice.choice(12, size=1500, p=over / over.sum()), weights=bought, minlength=12)
            for over in (EVEN, planted)
        )
        squares = float((bought**2).sum())
        false += any(standing_out(by_chance.tolist(), squares=squares))
        found += standing_out(true.tolist(), squares=squares)[5] == 1
    assert 0.03 < false / tries(5000) < 0.07
    assert found / tries(5000) > 0.8


def test_a_month_counts_as_uncertain_as_the_residents_in_it() -> None:
    courses = [200, *[100] * 11]
    assert standing_out(courses, squares=1300)[0] == 1
    # The same courses, a hundred for each of thirteen residents.
    assert standing_out(courses, squares=130_000) == [0] * 12


def test_shares_of_drawn_months_are_the_truth_where_there_is_much_and_even_where_there_is_nothing_but_chance() -> None:
    dice = np.random.default_rng(3)
    truth = EVEN * np.linspace(0.5, 1.5, 12)
    truth /= truth.sum()
    months = dice.choice(12, size=2_000_000, p=truth)
    drawn = np.where(dice.random(len(months)) < KEPT, months, dice.integers(0, 12, size=len(months)))
    counted = np.bincount(drawn, minlength=12).astype(float)
    assert np.abs(shares(counted, squares=float(len(months))) - truth).max() < 0.002
    assert np.allclose(shares(counted / 10_000, squares=200.0), EVEN)
    assert np.allclose(shares(np.zeros(12), squares=0.0), EVEN)


@given(drawn=shares_of_months, squares=st.floats(0, 10**7))
def test_shares_are_shares(drawn: list[int], squares: float) -> None:
    found = shares(np.array(drawn, dtype=float), squares=squares)
    assert abs(found.sum() - 1) < 1e-9
    assert (found >= 0).all()
