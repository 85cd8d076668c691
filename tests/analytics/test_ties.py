"""Sums over related pairs, against pairs counted one by one."""

from collections import Counter
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.dimensions import BITS, GROUPINGS, PLACES
from analytics.ties import OTHERS, REACHING, Related, inside, tie_sums

# Towns 0 and 1 are one city, 2 another of the same country, 3 one of another country.
_CITY, _COUNTRY = np.array([0, 0, 1, 2]), np.array([0, 0, 0, 1])


@st.composite
def _related(draw: st.DrawFn) -> Related:
    number = draw(st.integers(2, 7))

    def column(most: int) -> np.ndarray:
        return np.array(draw(st.lists(st.integers(0, most), min_size=number, max_size=number)))

    town = column(3)
    keys = {"country": _COUNTRY[town], "city": _CITY[town], "town": town}
    keys |= {"age_group": column(2), "channel": column(1), "gender": column(1)}
    chosen = draw(st.sets(st.sampled_from([pair for pair in product(range(number), repeat=2) if pair[0] < pair[1]])))
    pairs = np.array([*chosen, *((b, a) for a, b in chosen)], dtype=np.int64).reshape(-1, 2)
    return Related(keys, column(5), pairs[:, 0], pairs[:, 1])


@given(_related(), st.sampled_from(GROUPINGS))
def test_the_rows_of_any_keys_are_the_pairs_within_its_groups(related: Related, grouping: int) -> None:
    keys = [key for key in BITS if grouping & BITS[key]]
    stored, expected = Counter[tuple[int, ...]](), Counter[tuple[int, ...]]()
    group = _group_of_row(keys)
    for row, sums in tie_sums(related).items():
        if row[0] in inside(keys):
            stored.update({(*group(row), number): value for number, value in enumerate(sums)})
    for one, other in zip(related.one.tolist(), related.other.tolist(), strict=True):
        if all(related.keys[key][one] == related.keys[key][other] for key in keys):
            expected.update(_sums([int(related.keys[key][one]) for key in keys], related, one, other))
    assert +stored == +expected


@given(_related())
def test_reaching_rows_are_the_pairs_of_a_group_and_anybody(related: Related) -> None:
    stored = {row: sums for row, sums in tie_sums(related).items() if row[0] == REACHING | BITS["channel"]}
    expected = Counter[tuple[int, ...]]()
    for one, other in zip(related.one.tolist(), related.other.tolist(), strict=True):
        expected.update(_sums([int(related.keys["channel"][one])], related, one, other))
    found = {(row[3], number): value for row, sums in stored.items() for number, value in enumerate(sums) if value}
    assert found == +expected


@pytest.mark.parametrize(
    ("keys", "agreements"), [((), 1), (("gender",), 1), (("country",), 3), (("town", "gender"), 1)]
)
def test_a_question_reads_few_agreements(keys: tuple[str, ...], agreements: int) -> None:
    assert len(inside(keys)) == agreements


def _group_of_row(keys: list[str]) -> Callable[[tuple[int, ...]], list[int]]:
    places = {"town": np.arange(4), "city": _CITY, "country": _COUNTRY}

    def group(row: tuple[int, ...]) -> list[int]:
        values = dict(zip(OTHERS, row[2:], strict=True))
        return [int(places[key][row[1]]) if key in PLACES else values[key] for key in keys]

    return group


def _sums(group: list[int], related: Related, one: int, other: int) -> dict[tuple[int, ...], int]:
    first, second = int(related.courses[one]), int(related.courses[other])
    return {(*group, number): value for number, value in enumerate((1, first, second, first * second))}
