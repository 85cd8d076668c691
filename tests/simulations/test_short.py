"""The simulations in short: enough to notice that an interval or the order became wrong."""

from dataclasses import replace

import numpy as np
import pytest

from imports.demo.deliveries import make_demo
from tests.simulations.areas import coverage_of_areas
from tests.simulations.circles import Circles
from tests.simulations.coverage import coverage
from tests.simulations.demo import CHANNELS, draw_demo
from tests.simulations.ranking import SCENARIOS, ranking
from tests.simulations.turnover import LIFTED, SAME, discovered

SEED = 1


@pytest.mark.parametrize("density", [0.02, 0.12, 0.4])
def test_intervals_hold_the_truth_as_often_as_they_say(density: float) -> None:
    """Of 25 deliveries two standard errors are two hundredths where there are many groups, ten where there are two."""
    found = coverage(Circles(density).draw, deliveries=25, seed=SEED)
    for name in ("city", "city × age", "city × channel"):
        assert 0.91 <= found[name].held <= 0.98, name
    for name in ("age", "channel", "gender"):
        assert found[name].held >= 0.85, name
    assert found["city × age × channel × gender"].held >= 0.9


def test_they_do_for_the_demo() -> None:
    found = coverage(draw_demo, deliveries=6, seed=SEED)
    for name in ("city", "city × age", "city × channel"):
        assert 0.91 <= found[name].held <= 0.98, name


def test_those_of_areas_are_what_they_would_be_if_it_was_known_where_each_pair_ends() -> None:
    for density in (0.02, 0.4):
        stored, known = coverage_of_areas(Circles(density).draw, size=20, deliveries=20, seed=SEED)
        assert stored.held >= 0.91
        assert stored.held == pytest.approx(known.held, abs=0.015)
        assert stored.width == pytest.approx(known.width, rel=0.02)


def test_what_is_expected_ranks_better_than_poissons_lower_end_and_lower_ends_hold_for_all() -> None:
    short = replace(SCENARIOS["dense"], deliveries=6, truth=120)
    orders, missed = ranking(short, seed=SEED)
    assert orders["expected_index"].of_20 > orders["Poisson's lower end"].of_20 + 0.2
    assert orders["expected_index"].first_five > orders["Poisson's lower end"].first_five
    assert missed <= 0.2


def test_of_two_draws_of_one_truth_few_changes_are_found_and_of_changed_cities_most() -> None:
    """Of 50 pairs of deliveries a tenth of false discoveries is five, and nine is more than chance would have."""
    for name in ("all residents are new", "2 of 10 new, 3 drawn anew"):
        for grouping, found in discovered(SAME[name], pairs=50, seed=SEED, lifted=False).items():
            assert found.false < 0.18, (name, grouping)
            assert 0.91 <= found.held <= 0.995, (name, grouping)
    found = discovered(LIFTED["3 times as many circles, all stayed"], pairs=3, seed=SEED, lifted=True)["city"]
    assert found.power > 0.6
    assert found.false < 0.2


def test_the_fast_demo_is_the_demo() -> None:
    """The courses of a resident, by channel, within what chance allows."""
    real = [
        (CHANNELS.index(str(citizen.get("channel", "unknown"))), len(citizen["relatives"]) + len(citizen["friends"]))  # type: ignore[arg-type]
        for delivery in make_demo(citizens=10_000, seed=1)
        if delivery.number == 3
        for citizen in delivery.citizens
    ]
    fast = draw_demo(np.random.default_rng(SEED))
    means = [
        np.bincount(channels, courses) / np.bincount(channels)
        for channels, courses in (np.array(real).T, (fast.keys["channel"], fast.courses))
    ]
    np.testing.assert_allclose(means[1], means[0], rtol=0.12)
    assert fast.courses.mean() == pytest.approx(np.mean([courses for _, courses in real]), rel=0.04)
