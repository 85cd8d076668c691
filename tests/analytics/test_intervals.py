"""Intervals of indexes, against what is computed resident by resident and what must hold of any residents."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaincinv, stdtrit

from analytics.intervals import GroupSums, Pairs, Precision, Whole, interval, lowest_of_all, precision, variance_of_sum
from tests.simulations.circles import SIZES, Circles
from tests.simulations.measured import group_sums, measure, whole_of
from tests.simulations.worlds import Ints, World, both_ways


@st.composite
def _worlds(draw: st.DrawFn) -> World:
    """Some residents, any of them related."""
    number = draw(st.integers(2, 14))
    pairs = draw(st.sets(st.tuples(st.integers(0, number - 1), st.integers(0, number - 1)), max_size=30))
    different = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]} | {(0, 1)})
    one, other = both_ways(*np.array(different).T)
    cities = np.array(draw(st.lists(st.integers(0, 3), min_size=number, max_size=number)))
    keys = {"city": cities, **dict.fromkeys(("age_group", "channel", "gender"), np.zeros(number, dtype=np.int64))}
    return World(keys, SIZES, np.bincount(one, minlength=number), one, other)


def _groups(world: World) -> tuple[Ints, Ints]:
    present, number = np.unique(world.keys["city"], return_inverse=True)
    return present, number


@given(_worlds())
def test_the_sums_give_the_variance_over_neighbours(world: World) -> None:
    """Written out: the sum of z_i z_j over who are the same or related."""
    _, number = _groups(world)
    related = np.eye(len(number))
    related[world.one, world.other] = 1
    sums, whole = group_sums(world, number), whole_of(world)
    own = world.courses.astype(float)
    for group in range(len(sums.residents)):
        inside = number == group
        deviations = inside * (own - own[inside].mean())
        about_all = own - own.mean()
        assert variance_of_sum(sums)[group] == pytest.approx(deviations @ related @ deviations, abs=1e-6)
        reaching = deviations @ (related - np.eye(len(own))) @ about_all
        mean = sums.courses[group] / sums.residents[group]
        assert sums.reaching.about(mean, whole.mean)[group] == pytest.approx(reaching, abs=1e-6)
        assert whole.variance == pytest.approx(about_all @ related @ about_all, abs=1e-6)


@given(_worlds())
def test_an_interval_is_finite_and_has_the_index_in_it(world: World) -> None:
    found = measure(world, ("city",)).found
    low, high = interval(found)
    index = found.events * found.unit
    assert np.isfinite(high).all()
    assert (low >= 0).all()
    assert (low <= index + 1e-9).all()
    assert (index <= high + 1e-9).all()


@given(_worlds())
def test_an_index_is_the_courses_of_a_resident_by_those_of_all(world: World) -> None:
    measured = measure(world, ("city",))
    index = measured.sums.courses / measured.sums.residents / measured.whole.mean
    np.testing.assert_allclose(measured.found.events * measured.found.unit, index)


@given(_worlds())
def test_the_whole_against_itself_is_known(world: World) -> None:
    low, high = interval(measure(world, ()).found)
    assert (low[0], high[0]) == pytest.approx((1, 1), abs=0.01)


@given(_worlds(), st.integers(1, 10_000))
def test_what_holds_for_all_is_below_what_holds_for_one(world: World, looked_at: int) -> None:
    found = measure(world, ("city",)).found
    of_one = lowest_of_all(found, looked_at=1)
    of_all = lowest_of_all(found, looked_at=looked_at)
    assert (of_all <= of_one + 1e-12).all()


def test_who_bought_nothing_may_have() -> None:
    """The upper end comes from how the others' courses vary, and falls with the residents."""
    low, high = interval(precision(_independent([100, 100, 1000], [50, 0, 0]), Whole(1200, 50, 50)))
    assert low.tolist()[1:] == [0, 0]
    assert high[1] > high[2] > 0


def test_one_circle_is_one_chance() -> None:
    """Of eight friends with seven courses each less is sure than of eight strangers with as many."""
    circle = Pairs(*(np.array([value, 0.0, 0.0]) for value in (56, 392, 392, 2744)))
    alone = _independent([40, 40, 400], [56, 56, 100], squares=[392, 392, 100])
    together = GroupSums(alone.residents, alone.courses, alone.squares, circle, circle)
    whole = Whole(480, 212, 900)
    of_circle, of_strangers = (precision(sums, whole).events[0] for sums in (together, alone))
    assert of_circle < 0.6 * of_strangers


def test_the_quantiles_are_those_of_a_gamma_distribution() -> None:
    events = np.array([0.5, 2.0, 10.0, 80.0, 3000.0])
    low, high = interval(Precision(events, np.ones(5)))
    tails = np.array([NormalDist().cdf(-float(t)) for t in stdtrit(10 + 0.3 * events, 0.975)])
    np.testing.assert_allclose(high, gammaincinv(events + 0.5, 1 - tails), rtol=0.01)
    np.testing.assert_allclose(low[1:], gammaincinv(events[1:] + 0.5, tails[1:]), rtol=0.01, atol=0.06)


def _independent(residents: list[int], courses: list[int], squares: list[int] | None = None) -> GroupSums:
    none = Pairs(*(np.zeros(len(residents)),) * 4)
    number, sums, of_squares = (np.array(column, dtype=float) for column in (residents, courses, squares or courses))
    return GroupSums(number, sums, of_squares, none, none)


def test_four_times_the_same_world_is_worth_four_times_as_much() -> None:
    """Sums add up, and intervals are half as wide."""
    world, times = Circles(0.12).draw(np.random.default_rng(1)), 4
    shift = np.repeat(np.arange(times) * len(world.courses), len(world.one))
    again = World(
        {name: np.tile(values, times) for name, values in world.keys.items()},
        world.sizes,
        np.tile(world.courses, times),
        np.tile(world.one, times) + shift,
        np.tile(world.other, times) + shift,
    )
    once, more = (measure(one, ("channel",)) for one in (world, again))
    np.testing.assert_allclose(more.sums.inside.products, times * once.sums.inside.products)
    np.testing.assert_allclose(more.found.events, times * once.found.events, rtol=0.1)
