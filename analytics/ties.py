"""Sums over pairs of related residents, by what both have in common: what the variance of any group is made of.

Knows no database. A row is one set of keys on which two residents agree, with the values of the first of them:

- without a place: each set of age group, channel and gender on which they agree, so in up to eight rows;
- with the finest place in which both live: the town of the first, and each of these sets again. Pairs of one town and
  pairs of two towns of one city stand apart, so a town takes its pairs along when it is placed elsewhere;
- `REACHING`: the same sets without agreement, so that one knows how a group depends on everybody.

So the pairs within the groups of a question are the rows of its own keys, whatever else they have in common.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from analytics.dimensions import BITS, PLACES, grouping_of

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

REACHING = 64
OTHERS = tuple(key for key in BITS if key not in PLACES)
_SETS = tuple(chain.from_iterable(combinations(OTHERS, size) for size in range(len(OTHERS) + 1)))
_OF_PLACES = sum(BITS[key] for key in PLACES)
# Agreement, town, age group, channel, gender; -1 where the row is for all of them.
Key = tuple[int, int, int, int, int]
# Pairs, courses of the first, of the second, products of both.
Sums = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Related:
    """Residents by numbers of their keys, their courses, and ordered pairs of different ones who are related."""

    keys: dict[str, Ints]
    courses: Ints
    one: Ints
    other: Ints


def tie_sums(related: Related) -> dict[Key, Sums]:
    """Sums the pairs up; only rows that have any."""
    first, second = ({key: values[who] for key, values in related.keys.items()} for who in (related.one, related.other))
    courses, others = related.courses[related.one], related.courses[related.other]
    agreed = {key: (first[key] == second[key]).astype(np.int64) for key in OTHERS}
    columns = [first[key] for key in ("town", *OTHERS)] + [*agreed.values(), _finest_common(first, second)]
    # Few of many pairs differ in what counts here.
    rows, values = _summed(columns, (np.ones_like(courses), courses, others, courses * others))
    where, common = dict(zip(("town", *OTHERS), rows, strict=False)), rows[-1]
    agreed = dict(zip(OTHERS, rows[1 + len(OTHERS) :], strict=False))
    every = np.ones(len(common), dtype=np.bool_)
    found: dict[Key, Sums] = {}
    for keys in _SETS:
        agree = every.copy()
        for key in keys:
            agree &= agreed[key] == 1
        grouping = grouping_of(keys)
        _add(found, where, keys, values, every, REACHING | grouping)
        _add(found, where, keys, values, agree, grouping)
        for place in np.unique(common[agree]).tolist():
            if place:
                _add(found, where, ("town", *keys), values, agree & (common == place), place | grouping)
    return found


def inside(keys: Sequence[str]) -> list[int]:
    """Numbers the agreements whose pairs are within the groups by these keys."""
    grouping = grouping_of(keys)
    places = grouping & _OF_PLACES
    if not places:
        return [grouping]
    finer = [grouping_of([place]) for place in PLACES]
    return [grouping - places | place for place in finer if place & places == places]


def _finest_common(first: dict[str, Ints], second: dict[str, Ints]) -> Ints:
    """Numbers the finest place of both, closed; 0 where they have not even the country in common."""
    common = np.zeros(len(first["town"]), dtype=np.int64)
    for place in PLACES:
        common[first[place] == second[place]] = grouping_of([place])
    return common


def _add(
    found: dict[Key, Sums], where: dict[str, Ints], keys: Sequence[str], values: Sequence[Ints], which: Bools, of: int
) -> None:
    """Adds the rows of one agreement."""
    columns = [where[key][which] if key in keys else _all(int(which.sum())) for key in ("town", *OTHERS)]
    rows, sums = _summed(columns, [value[which] for value in values])
    of_all = [[of] * len(rows[0]), *(row.tolist() for row in rows)]
    found.update(zip(zip(*of_all, strict=True), zip(*(one.tolist() for one in sums), strict=True), strict=True))


def _all(number: int) -> Ints:
    return np.full(number, -1, dtype=np.int64)


def _summed(columns: Sequence[Ints], values: Sequence[Ints]) -> tuple[list[Ints], list[Ints]]:
    """Gives the different rows of `columns`, and the sums of `values` over each."""
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        code = code * (int(column.max(initial=-1)) + 2) + column + 1
    _, place, number = np.unique(code, return_index=True, return_inverse=True)
    sums = [np.bincount(number, value, len(place)).astype(np.int64) for value in values]
    return [column[place] for column in columns], sums
