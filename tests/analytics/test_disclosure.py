"""What callers who may not see residents can find out: nothing about fewer than five of them."""

import random
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import disclosure
from analytics.dimensions import BIT_OF, GROUPINGS, grouping_of
from analytics.disclosure import is_named, is_visible, published_masks
from analytics.hypercubes import Hypercubes
from analytics.lattice import Key, World
from tests.analytics.attacker import Attacker, Segments, masks_of

SMALL = 5
PLACES = (("es", "A", "a"), ("es", "A", "b"), ("es", "B", "c"), ("ua", "C", "d"), ("ua", "D", "e"), ("", "f", "f"))


@st.composite
def worlds(draw: st.DrawFn) -> Segments:
    """Few towns, ages, channels and genders, with up to a dozen people in each combination, of whom some buy."""
    sizes = [draw(st.integers(1, most)) for most in (2, 3, 2)]
    places = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=4, unique=True))
    dice = random.Random(draw(st.integers(0, 2**32)))
    most, empty = draw(st.sampled_from([2, 4, 8, 12])), draw(st.sampled_from([0.0, 0.3, 0.6]))
    share = draw(st.sampled_from([0.3, 0.8, 1.0]))
    rest = product(range(sizes[0]), "xyz"[: sizes[1]], ("female", "male")[: sizes[2]])
    keys = ((*place, *others) for place, others in product(places, rest))
    sizes_of = {key: dice.randint(1, most) for key in keys if dice.random() >= empty}
    sizes_of = sizes_of or {("es", "A", "a", 0, "x", "male"): draw(st.integers(1, 12))}
    return {key: (size, sum(dice.random() < share for _ in range(size))) for key, size in sizes_of.items()}


def city(name: str, age: int = 0, channel: str = "x", gender: str = "male") -> Key:
    """The key of a segment in a town that is a city of its own."""
    return "", name, name, age, channel, gender


def all_buy(sizes: dict[Key, int]) -> Segments:
    return {key: (size, size) for key, size in sizes.items()}


def attacked(world: Segments) -> Attacker:
    return Attacker(world, masks_of(world, small=SMALL))


def leave(*_: object) -> bool:
    """A rule that suppresses nothing."""
    return False


def gains(attacker: Attacker) -> list[object]:
    """What the attacker finds out that nobody may know."""
    small_rows = [row for row in (*attacker.named, *attacker.others) if attacker.is_small(row, SMALL)]
    alone = [cells for cells in attacker.others.values() if len(cells) < 2]
    return [
        *small_rows,
        *alone,
        *attacker.small_differences(SMALL),
        *attacker.determined_cells(),
    ]


every_world = settings(
    deadline=None, derandomize=True, max_examples=25, suppress_health_check=list(HealthCheck), database=None
)


@given(worlds())
@every_world
def test_no_answers_together_tell_anything_about_fewer_than_five_people(world: Segments) -> None:
    assert gains(attacked(world)) == []


def test_without_company_the_attacker_subtracts(monkeypatch: pytest.MonkeyPatch) -> None:
    for rule in ("_close_company", "_close_others"):
        monkeypatch.setattr(disclosure, rule, leave)
    monkeypatch.setattr(Hypercubes, "close", leave)
    attacker = attacked(all_buy({city("A", 0, "x"): 3, city("A", 0, "y"): 9, city("A", 0, "z"): 9}))
    assert [attacker.count(people) for people in attacker.others] == [(3, 3)]
    assert attacker.determined_cells() != []


def test_without_care_for_other_the_attacker_cuts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A and B are the row `other` of towns; those of them who are of the last age are `other` there too: 3 are left."""
    sizes = {("A", 0): 3, ("A", 2): 10, ("B", 2): 20, ("C", 0): 20, ("C", 1): 20, ("C", 2): 20}
    world = all_buy({city(town, age): size for (town, age), size in sizes.items()})
    assert gains(attacked(world)) == []
    monkeypatch.setattr(disclosure, "_close_others", leave)
    attacker = attacked(world)
    assert {attacker.count(people) for people in attacker.small_differences(SMALL)} == {(3, 3)}


@pytest.mark.parametrize("level", ["country", "city", "town"])
def test_without_care_for_other_the_attacker_cuts_it_by_places(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ages 0 and 1 are the row `other` of ages; in the last place, of the same coarser ones, they are so too."""
    sizes = {(0, "A"): 3, (0, "C"): 10, (1, "C"): 20, (2, "A"): 20, (2, "B"): 20, (2, "C"): 20}
    places = {"country": "{0}{0}{0}", "city": "-{0}{0}", "town": "--{0}"}
    world: Segments = {}
    for (age, letter), size in sizes.items():
        place = places[level].format(letter)
        world[place[0], place[1], place[2], age, "x", "male"] = size, size
    assert gains(attacked(world)) == []
    monkeypatch.setattr(disclosure, "_close_others", leave)
    assert attacked(world).small_differences(SMALL) != []


def bridge() -> Segments:
    """A table in which each line has two small cells or more, and yet one of them follows from all the others.

    Towns A and B share the small cells of channels x and y, towns C and D those of z and w; A and z share one more.
    """
    small = ["Ax", "Ay", "Bx", "By", "Cz", "Cw", "Dz", "Dw", "Az"]
    cells = (town + channel for town, channel in product("ABCD", "xyzw"))
    return all_buy({city(cell[0], 0, cell[1]): 3 if cell in small else 20 for cell in cells})


def test_without_doubt_the_attacker_adds_and_subtracts_many_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gains(attacked(bridge())) == []
    monkeypatch.setattr(Hypercubes, "close", leave)
    attacker = attacked(bridge())
    assert attacker.small_differences(SMALL) == []
    assert {key[2] + key[4] for key, _ in attacker.determined_cells()} == {"Az"}


def test_large_cells_are_all_published() -> None:
    world = all_buy({city(*key): 5 for key in product("AB", range(3), "xy", ("female", "male"))})
    assert set(masks_of(world, small=5).values()) == {2 ** len(GROUPINGS) - 1}


def test_of_fewer_than_five_people_nothing_is_shown() -> None:
    assert set(masks_of(all_buy({city("A"): 2, city("B"): 2}), small=5).values()) == {0}
    assert published_masks(World([], [], []), small=5) == []
    assert not is_visible(0, filters=[])


def test_of_fewer_than_three_buyers_nothing_is_shown() -> None:
    assert set(masks_of({city("A"): (20, 1), city("B"): (20, 1)}, small=5).values()) == {0}
    world = {city("A"): (20, 2), city("B"): (20, 9), city("C"): (19, 3)}
    assert [is_named(mask, group_by=["city"], filters=[]) for mask in masks_of(world, small=5).values()] == [
        False, True, False,
    ]  # fmt: skip


def test_a_total_of_five_is_shown_whatever_it_consists_of() -> None:
    masks = masks_of(all_buy({city("A", 0, "x", "male"): 4, city("A", 0, "x", "female"): 1}), small=5).values()
    assert all(is_visible(mask, filters=[]) for mask in masks)
    assert not any(is_named(mask, group_by=["gender"], filters=[]) for mask in masks)


def test_a_group_that_is_one_small_segment_takes_another_one_along() -> None:
    masks = masks_of(all_buy({city("A"): 3, city("B"): 30, city("C"): 20}), small=5).values()
    assert [is_named(mask, group_by=["town"], filters=[]) for mask in masks] == [False, True, False]
    assert [mask >> BIT_OF[grouping_of(["gender"])] & 1 for mask in masks] == [1, 1, 1]


def test_a_small_town_takes_another_one_of_its_city_along() -> None:
    towns = {("es", "A", "a"): 3, ("es", "A", "b"): 30, ("es", "A", "c"): 20, ("es", "B", "d"): 9}
    masks = masks_of(all_buy({(*place, 0, "x", "male"): size for place, size in towns.items()}), small=5).values()
    assert [is_named(mask, group_by=["town"], filters=[]) for mask in masks] == [False, True, False, True]
    assert all(is_named(mask, group_by=["city"], filters=[]) for mask in masks)


def test_the_only_town_of_a_city_is_shown_with_its_city() -> None:
    towns = {("es", "A", "a"): 3, ("es", "B", "b"): 3, ("es", "C", "c"): 30, ("es", "C", "d"): 30}
    masks = masks_of(all_buy({(*place, 0, "x", "male"): size for place, size in towns.items()}), small=5).values()
    for key in ("town", "city"):
        assert [is_named(mask, group_by=[key], filters=[]) for mask in masks] == [False, False, True, True]


def test_the_order_of_the_segments_does_not_matter() -> None:
    dice = random.Random(4)
    rest = product(PLACES[:3], range(2), "xyz", ("female", "male"))
    keys: list[Key] = [(*place, *others) for place, *others in rest if dice.random() < 0.8]
    world = {key: (size := dice.randint(1, 15), dice.randint(0, size)) for key in keys}
    masks = masks_of(world, small=5)
    dice.shuffle(keys)
    assert masks_of({key: world[key] for key in keys}, small=5) == masks
    assert any(0 < sum(mask >> bit & 1 for mask in masks.values()) < len(keys) for bit in BIT_OF.values())
