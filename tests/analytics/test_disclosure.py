"""What callers who may not see residents can find out: nothing about fewer than five of them."""

import random
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import disclosure
from analytics.dimensions import grouping_of
from analytics.disclosure import is_named, is_visible, published_masks
from analytics.hypercubes import Hypercubes
from tests.analytics.attacker import Attacker, World
from tests.effort import tries

SMALL = 5


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Few towns, ages, channels and genders, with up to a dozen people in each combination."""
    sizes = [draw(st.integers(1, most)) for most in (3, 2, 3, 2)]
    dice = random.Random(draw(st.integers(0, 2**32)))
    most, empty = draw(st.sampled_from([2, 4, 8, 12])), draw(st.sampled_from([0.0, 0.3, 0.6]))
    keys = product("ABC"[: sizes[0]], range(sizes[1]), "xyz"[: sizes[2]], ("female", "male")[: sizes[3]])
    world = {key: dice.randint(1, most) for key in keys if dice.random() >= empty}
    return world or {("A", 0, "x", "male"): draw(st.integers(1, 12))}


def attacked(world: World) -> Attacker:
    masks = published_masks(list(world), list(world.values()), small=SMALL)
    return Attacker(world, dict(zip(world, masks, strict=True)))


def leave(*_: object) -> bool:
    """A rule that suppresses nothing."""
    return False


def gains(attacker: Attacker) -> list[object]:
    """What the attacker finds out that nobody may know."""
    small_rows = [row for row in (*attacker.named, *attacker.others) if attacker.residents(row) < SMALL]
    alone = [cells for cells in attacker.others.values() if len(cells) < 2]
    return [
        *small_rows,
        *alone,
        *attacker.small_differences(SMALL),
        *attacker.determined_cells(),
    ]


every_world = settings(
    deadline=None, derandomize=True, max_examples=tries(25), suppress_health_check=list(HealthCheck), database=None
)


@given(worlds())
@every_world
def test_no_answers_together_tell_anything_about_fewer_than_five_people(world: World) -> None:
    assert gains(attacked(world)) == []


def test_without_company_the_attacker_subtracts(monkeypatch: pytest.MonkeyPatch) -> None:
    for rule in ("_close_company", "_close_others"):
        monkeypatch.setattr(disclosure, rule, leave)
    monkeypatch.setattr(Hypercubes, "close", leave)
    attacker = attacked({("A", 0, "x", "male"): 3, ("A", 0, "y", "male"): 9, ("A", 0, "z", "male"): 9})
    assert [attacker.residents(people) for people in attacker.others] == [3]
    assert attacker.determined_cells() != []


def test_without_care_for_other_the_attacker_cuts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A and B are the row `other` of towns; those of them who are of the last age are `other` there too: 3 are left."""
    sizes = {("A", 0): 3, ("A", 2): 10, ("B", 2): 20, ("C", 0): 20, ("C", 1): 20, ("C", 2): 20}
    world = {(town, age, "x", "male"): size for (town, age), size in sizes.items()}
    assert gains(attacked(world)) == []
    monkeypatch.setattr(disclosure, "_close_others", leave)
    attacker = attacked(world)
    assert {attacker.residents(people) for people in attacker.small_differences(SMALL)} == {3}


def bridge() -> World:
    """A table in which each line has two small cells or more, and yet one of them follows from all the others.

    Towns A and B share the small cells of channels x and y, towns C and D those of z and w; A and z share one more.
    """
    small = ["Ax", "Ay", "Bx", "By", "Cz", "Cw", "Dz", "Dw", "Az"]
    cells = (town + channel for town, channel in product("ABCD", "xyzw"))
    return {(cell[0], 0, cell[1], "male"): 3 if cell in small else 20 for cell in cells}


def test_without_doubt_the_attacker_adds_and_subtracts_many_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gains(attacked(bridge())) == []
    monkeypatch.setattr(Hypercubes, "close", leave)
    attacker = attacked(bridge())
    assert attacker.small_differences(SMALL) == []
    assert {key[0] + key[2] for key, _ in attacker.determined_cells()} == {"Az"}


def test_large_cells_are_all_published() -> None:
    keys = list(product("AB", range(3), "xy", ("female", "male")))
    assert published_masks(keys, [5] * len(keys), small=5) == [0xFFFF] * len(keys)


def test_of_fewer_than_five_people_nothing_is_shown() -> None:
    keys = [("A", 0, "x", "male"), ("B", 0, "x", "male")]
    assert published_masks(keys, [2, 2], small=5) == [0, 0]
    assert published_masks([], [], small=5) == []
    assert not is_visible(0, filters=[])


def test_a_total_of_five_is_shown_whatever_it_consists_of() -> None:
    keys = [("A", 0, "x", "male"), ("A", 0, "x", "female")]
    masks = published_masks(keys, [4, 1], small=5)
    assert all(is_visible(mask, filters=[]) for mask in masks)
    assert not any(is_named(mask, group_by=["gender"], filters=[]) for mask in masks)


def test_a_group_that_is_one_small_segment_takes_another_one_along() -> None:
    keys = [("A", 0, "x", "male"), ("B", 0, "x", "male"), ("C", 0, "x", "male")]
    masks = published_masks(keys, [3, 30, 20], small=5)
    assert [is_named(mask, group_by=["town"], filters=[]) for mask in masks] == [False, True, False]
    assert [mask >> grouping_of(["gender"]) & 1 for mask in masks] == [1, 1, 1]


def test_the_order_of_the_segments_does_not_matter() -> None:
    dice = random.Random(4)
    keys = [key for key in product("ABCDEFG", range(4), "vwxyz", ("female", "male")) if dice.random() < 0.8]
    world = {key: dice.randint(1, 9) for key in keys}
    masks = dict(zip(keys, published_masks(keys, list(world.values()), small=5), strict=True))
    dice.shuffle(keys)
    assert dict(zip(keys, published_masks(keys, [world[key] for key in keys], small=5), strict=True)) == masks
    assert 0 < sum(mask >> 15 & 1 for mask in masks.values()) < len(keys)
