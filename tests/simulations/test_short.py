"""The simulations in short: enough to notice that an interval or the order became wrong."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from imports.demo.deliveries import LAST_DELIVERY, make_demo
from tests.simulations.areas import coverage_of_areas
from tests.simulations.circles import Circles
from tests.simulations.coverage import coverage
from tests.simulations.demo import AGES, CHANNELS, draw_demo
from tests.simulations.effects import effect_coverage, find, planted
from tests.simulations.power import power
from tests.simulations.ranking import SCENARIOS, ranking
from tests.simulations.turnover import LIFTED, SAME, discovered
from tests.simulations.worlds import World

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


def test_planted_effects_are_held_as_often_as_their_intervals_say() -> None:
    draw, true = planted(Circles(0.12, related=0))
    found = effect_coverage(draw, true, deliveries=25, seed=SEED)
    assert 0.93 <= found["city"].held <= 0.98
    for name in ("age_group", "channel", "gender"):
        assert found[name].held >= 0.88, name


def test_of_the_demos_channels_telegram_instagram_and_tiktok_do_the_most_all_else_equal() -> None:
    last = [delivery.citizens for delivery in make_demo(citizens=10_000, seed=1) if delivery.number == 3]
    people = [(source, citizen) for source, citizens in enumerate(last) for citizen in citizens]
    places = {(source, citizen["citizen_id"]): place for place, (source, citizen) in enumerate(people)}
    named: list[list[Any]] = [
        [citizen.get(name, "unknown") for _, citizen in people] for name in ("town", "channel", "gender")
    ]
    ages = [LAST_DELIVERY.year - int(str(citizen["birth_date"])[-4:]) for _, citizen in people]
    columns: list[Any] = [*named, np.searchsorted(AGES, ages, "right")]
    numbers = [np.unique(column, return_inverse=True)[1] for column in columns]
    keys = dict(zip(("city", "channel", "gender", "age_group"), numbers, strict=True))
    related: list[list[Any]] = [[*citizen["relatives"], *citizen["friends"]] for _, citizen in people]  # type: ignore[misc]  # ids
    pairs = np.array([
        (place, places[source, other])
        for place, ((source, citizen), others) in enumerate(zip(people, related, strict=True))
        for other in others
        if other != citizen["citizen_id"]
    ])  # fmt: skip
    world = World(keys, {}, np.array(list(map(len, related))), pairs[:, 0], pairs[:, 1])
    effects = find(world).effects[2].effect
    channels = np.unique(named[1])
    assert channels[np.argsort(-effects)][:3].tolist() == ["telegram", "instagram", "tiktok"]


def test_a_lift_that_a_design_says_can_be_found_is_found_in_eight_of_ten_cases() -> None:
    """Of 150 campaigns three standard errors are a tenth."""
    found = power(Circles(0.12, related=0), campaigns=150, seed=SEED)
    assert 0.7 <= found.found <= 0.9
    assert found.false <= 0.09


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
