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

from analytics.arrays import Flags, Ints
from analytics.dimensions import BITS, PLACES, grouping_of

REACHING = 64
# Numbers that are not very sparse are looked up in a table.
_MOST_BY_RESIDENT = 16
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


def ends(numbers: Ints, courses: Ints, related: Ints) -> tuple[Ints, Ints]:
    """Gives the places of both ends of each course: who buys it, and whom it is for, -1 where nobody has the number.

    `courses`: how many each of the residents `numbers` buys; `related`: the numbers that all of them name, in turn.
    """
    return np.repeat(np.arange(len(numbers)), courses), _places(numbers, related)


def tie_sums(related: Related) -> dict[Key, Sums]:
    """Sums the pairs up; only rows that have any."""
    # There are few kinds of residents, and a kind's keys are compared where a processor has them at hand.
    one_of, kind = _different([related.keys[key] for key in ("town", *OTHERS)])
    kinds = {key: values[one_of].astype(np.int32) for key, values in related.keys.items()}
    kind = kind.astype(np.int32)
    first, second = kind[related.one], kind[related.other]
    agreed = {key: kinds[key][first] == kinds[key][second] for key in (*OTHERS, *PLACES)}
    # The kind of the first, a bit for each of the others that they agree on, and how many places they have in common.
    code = first.astype(np.int64)
    for key in OTHERS:
        code = 2 * code + agreed[key]
    code = code * (len(PLACES) + 1) + np.sum([agreed[place] for place in PLACES], axis=0, dtype=np.int8)
    rows, values = _added(code, related.courses[related.one], related.courses[related.other])
    rest, common = np.divmod(rows, len(PLACES) + 1)
    agrees = {key: rest >> bit & 1 == 1 for bit, key in enumerate(reversed(OTHERS))}
    where = {key: column[rest >> len(OTHERS)].astype(np.int64) for key, column in kinds.items()}
    every = np.ones(len(rows), dtype=np.bool_)
    found: dict[Key, Sums] = {}
    for keys in _SETS:
        agree = np.logical_and.reduce([every, *(agrees[key] for key in keys)])
        grouping = grouping_of(keys)
        _add(found, where, keys, values, every, REACHING | grouping)
        _add(found, where, keys, values, agree, grouping)
        for number, place in enumerate(PLACES, start=1):
            _add(found, where, ("town", *keys), values, agree & (common == number), grouping_of([place]) | grouping)
    return found


def inside(keys: Sequence[str]) -> list[int]:
    """Numbers the agreements whose pairs are within the groups by these keys."""
    grouping = grouping_of(keys)
    places = grouping & _OF_PLACES
    if not places:
        return [grouping]
    finer = [grouping_of([place]) for place in PLACES]
    return [grouping - places | place for place in finer if place & places == places]


def _places(numbers: Ints, wanted: Ints) -> Ints:
    """Finds the place of each of the `wanted` among the numbers; -1 where it is not there."""
    most = int(numbers.max(initial=-1))
    if most < _MOST_BY_RESIDENT * len(numbers):
        table = np.full(most + 2, -1)
        table[numbers] = np.arange(len(numbers))
        return table[np.minimum(wanted, most + 1)]
    order = np.argsort(numbers)
    place = np.minimum(np.searchsorted(numbers[order], wanted), len(order) - 1)
    return np.where(numbers[order][place] == wanted, order[place], -1)


def _added(code: Ints, courses: Ints, others: Ints) -> tuple[Ints, list[Ints]]:
    """Gives the codes that there are, and of the pairs of each how many, their courses, and the products of these."""
    number = np.bincount(code)
    codes = np.flatnonzero(number)
    sums = (np.bincount(code, column)[codes].astype(np.int64) for column in (courses, others, courses * others))
    return codes, [number[codes], *sums]


def _add(
    found: dict[Key, Sums], where: dict[str, Ints], keys: Sequence[str], values: Sequence[Ints], which: Flags, of: int
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
    place, number = _different(columns)
    sums = [np.bincount(number, value, len(place)).astype(np.int64) for value in values]
    return [column[place] for column in columns], sums


def _different(columns: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Finds one of each of the different rows of `columns`, and which of them each row is."""
    code = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        code = code * (int(column.max(initial=-1)) + 2) + column + 1
    _, place, number = np.unique(code, return_index=True, return_inverse=True)
    return place, number
