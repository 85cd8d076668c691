"""What a budget buys is the optimum of the linear programme, as a solver finds it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from analytics.allocation import Offers, allocate, courses_of_budgets

_OFFER = st.tuples(
    st.floats(0.01, 5), st.one_of(st.just(0.0), st.sampled_from([0.02, 0.05]), st.floats(0.001, 1)), st.floats(0, 3000)
)
OFFERS = st.lists(_OFFER, max_size=12).map(lambda rows: Offers(*np.array(rows, dtype=float).reshape(-1, 3).T))
BUDGETS = st.one_of(st.just(0.0), st.floats(0, 20_000))


def solved(offers: Offers, budget: float) -> float:
    """The most courses, by the solver."""
    if not len(offers.worth):
        return 0.0
    bounds = [(0, most) for most in offers.most]
    found = linprog(-offers.worth, A_ub=[offers.cost], b_ub=[budget], bounds=bounds, method="highs")
    assert found.status == 0
    return float(-found.fun)


@given(offers=OFFERS, budget=BUDGETS)
def test_it_is_the_optimum_of_the_linear_programme(offers: Offers, budget: float) -> None:
    found = allocate(offers, budget=budget)
    assert len(set(found.places.tolist())) == len(found.places)
    assert np.all((found.reached > 0) & (found.reached <= offers.most[found.places]))
    assert (found.reached * offers.cost[found.places]).sum() <= budget * (1 + 1e-12)
    courses = (found.reached * offers.worth[found.places]).sum()
    assert courses == pytest.approx(solved(offers, budget), rel=1e-7, abs=1e-6)
    # All but the last are bought whole.
    assert found.reached[:-1] == pytest.approx(offers.most[found.places][:-1])


@given(offers=OFFERS, budget=BUDGETS)
def test_the_next_unit_of_money_brings_what_is_said(offers: Offers, budget: float) -> None:
    found = allocate(offers, budget=budget)
    little = 1e-4
    now, more = courses_of_budgets(offers, np.array([budget, budget + little]))
    assert now == pytest.approx((found.reached * offers.worth[found.places]).sum(), rel=1e-9, abs=1e-9)
    # The next segment may be smaller than that.
    assert more - now <= found.marginal_return * little * (1 + 1e-6) + 1e-7
    assert (found.marginal_return == 0) == (budget >= (offers.most * offers.cost).sum())


def test_what_is_free_comes_first_and_spends_nothing() -> None:
    offers = Offers(np.array([2.0, 0.1, 1.0]), np.array([0.02, 0.0, 0.01]), np.array([1000.0, 500.0, 1000.0]))
    nothing, some = allocate(offers, budget=0), allocate(offers, budget=25)
    assert (nothing.places.tolist(), nothing.reached.tolist(), nothing.marginal_return) == ([1], [500.0], 100.0)
    # The worth by cost of the others is the same: they stay in their order.
    assert (some.places.tolist(), some.reached.tolist()) == ([1, 0, 2], [500.0, 1000.0, 500.0])
