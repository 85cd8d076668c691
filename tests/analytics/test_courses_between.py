"""Courses by both of their ends, against the same counted one by one."""

from collections import Counter
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.courses_between import between, by_month, share_ends, squared


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    """Groups and months of some residents, and courses between them."""
    count = draw(st.integers(1, 12))
    groups, months = (draw(st.lists(st.integers(*ends), min_size=count, max_size=count)) for ends in ((0, 3), (1, 12)))
    residents = st.integers(0, count - 1)
    return groups, months, draw(st.lists(st.tuples(residents, residents), max_size=40))


@given(worlds())
def test_courses_by_month_are_those_counted_one_by_one(world: Any) -> None:
    groups, months, pairs = world
    one, other = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    found = by_month(np.array(groups)[one], np.array(months)[other], count=4)
    expected = Counter((groups[buyer], months[recipient]) for buyer, recipient in pairs)
    assert found.tolist() == [[expected[group, month] for month in range(1, 13)] for group in range(4)]
    assert squared(other) == sum(number**2 for number in Counter(other.tolist()).values())


@given(worlds())
def test_courses_between_groups_are_those_counted_one_by_one(world: Any) -> None:
    groups, _, pairs = world
    one, other = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    found = between(one, other, np.array(groups))
    bought = Counter(buyer for buyer, _ in pairs)
    to_group = Counter((buyer, groups[recipient]) for buyer, recipient in pairs)
    sums: dict[tuple[int, int], list[int]] = {}
    for (buyer, group), number in to_group.items():
        sums.setdefault((groups[buyer], group), []).append(number)
        assert number <= bought[buyer]
    columns = (found.buyer, found.recipient, found.courses, found.squares, found.products)
    rows = {(row[0], row[1]): row[2:] for row in zip(*(column.tolist() for column in columns), strict=True)}
    assert rows == {
        (start, end): (
            sum(numbers),
            sum(number**2 for number in numbers),
            sum(
                number * bought[buyer]
                for (buyer, to), number in to_group.items()
                if (groups[buyer], to) == (start, end)
            ),
        )
        for (start, end), numbers in sums.items()
    }


def test_the_share_of_a_flow_is_held_in_95_of_100() -> None:
    dice, held = np.random.default_rng(11), 0
    for _ in range(400):
        bought, chance = dice.geometric(0.4, size=800), dice.beta(2, 6, size=800)
        there = dice.binomial(bought, chance)
        low, high = share_ends(
            courses=int(there.sum()), squares=int((there**2).sum()), products=int((there * bought).sum()),
            of=int(bought.sum()), of_squares=int((bought**2).sum()),
        )  # fmt: skip
        held += low <= 0.25 <= high
    assert 0.92 < held / 400 < 0.98
