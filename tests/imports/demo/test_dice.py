"""Seeded chance."""

from collections import Counter

from imports.demo.dice import Dice, Weighted


def test_the_same_seed_gives_the_same_draws() -> None:
    assert [Dice("a").below(1000) for _ in range(3)] == [Dice("a").below(1000)] * 3
    assert Dice("a").below(10**9) != Dice("b").below(10**9)


def test_between_reaches_both_ends() -> None:
    dice = Dice("a")
    assert {dice.between(2, 4) for _ in range(100)} == {2, 3, 4}


def test_shuffling_keeps_every_item() -> None:
    assert sorted(Dice("a").shuffled([1, 1, 2, 3])) == [1, 1, 2, 3]
    assert Dice("a").shuffled(range(100)) != list(range(100))


def test_items_are_drawn_by_weight_and_never_at_weight_0() -> None:
    dice = Dice("a")
    weighted = Weighted({"never": 0, "seldom": 1, "often": 3, "not": 0})
    drawn = Counter(weighted.draw(dice) for _ in range(4000))
    assert sorted(drawn) == ["often", "seldom"]
    assert 2.5 < drawn["often"] / drawn["seldom"] < 3.5
