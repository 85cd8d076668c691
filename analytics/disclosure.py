"""Which cells everybody may see. Knows no database.

A *grouping* is a set of keys (`analytics.keys`), one of its *cells* a combination of their values, so each segment lies
in one cell of each of the 16 groupings. A cell is published or suppressed, once for all questions:

1. A cell of fewer than `small` residents is suppressed.
2. A cell inside a suppressed cell is suppressed.
3. A published cell, cut by one more key, has no suppressed part, or at least two with `small` residents together: its
   smallest published part is suppressed for company. Where there is no other part, the part is the same people as the
   whole, and the whole is suppressed.

A question that groups by A and filters by B adds up what its caller may know like this (`shown`): segments whose cell
of B is suppressed are left out; segments whose cell of A ∪ B is published are shown under their keys; the others go
into the row `other`. So every answer is a sum of published cells, or a published cell without some of its published
parts.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.keys import BITS, GROUPINGS, KEYS, grouping_of

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Key = tuple[str, int, str, str]

OTHER = "other"


def published_masks(keys: Sequence[Key], residents: Sequence[int], *, small: int) -> list[int]:
    """For each segment its bits: bit k is set when its cell of grouping k is published.

    `keys`: town, age group, channel, gender of each segment, each combination once; `residents` above 0. The order of
    the segments does not matter.
    """
    if not keys:
        return []
    lattice = _Lattice(keys, np.asarray(residents, dtype=np.int64), small)
    lattice.settle()
    return lattice.masks()


def is_visible(published: int, *, filters: Iterable[str]) -> bool:
    """Whether a segment counts at all in an answer that is filtered by these keys."""
    return bool(published >> grouping_of(filters) & 1)


def is_named(published: int, *, group_by: Iterable[str], filters: Iterable[str]) -> bool:
    """Whether a visible segment is counted under its own keys; else in the row `other`."""
    return bool(published >> grouping_of([*group_by, *filters]) & 1)


class _Lattice:
    """The cells of the 16 groupings, and which of them are published so far."""

    def __init__(self, keys: Sequence[Key], residents: Ints, small: int) -> None:
        self._small = small
        self._cell_of = _cells(keys)
        self._size = [_sums(cells, residents) for cells in self._cell_of]
        self._open: list[Flags] = [size >= small for size in self._size]
        # For each grouping and each of its keys: the cell of the grouping without the key in which each cell lies.
        self._parents = {
            (grouping, bit): self._parent_of(grouping, bit)
            for grouping in GROUPINGS
            for bit in BITS.values()
            if grouping & bit
        }

    def settle(self) -> None:
        """Suppresses until no rule asks for more. What is suppressed stays so: it ends."""
        while self._close_inner() | self._close_company():
            pass

    def masks(self) -> list[int]:
        bits = np.zeros(len(self._cell_of[0]), dtype=np.int64)
        for grouping in GROUPINGS:
            bits |= self._open[grouping][self._cell_of[grouping]].astype(np.int64) << grouping
        masks: list[int] = bits.tolist()
        return masks

    def _parent_of(self, grouping: int, bit: int) -> Ints:
        parents = np.empty(len(self._size[grouping]), dtype=np.int64)
        parents[self._cell_of[grouping]] = self._cell_of[grouping & ~bit]
        return parents

    def _close_inner(self) -> bool:
        """Rule 2, from coarse to fine."""
        before = self._count()
        for (grouping, bit), parents in sorted(self._parents.items()):
            self._open[grouping] &= self._open[grouping & ~bit][parents]
        return self._count() < before

    def _close_company(self) -> bool:
        """Rule 3, along each key of each grouping."""
        before = self._count()
        for (grouping, bit), parents in sorted(self._parents.items()):
            self._keep_company(grouping, grouping & ~bit, parents)
        return self._count() < before

    def _keep_company(self, grouping: int, coarser: int, parents: Ints) -> None:
        size, is_open = self._size[grouping], self._open[grouping]
        while True:
            hidden = np.bincount(parents, weights=~is_open, minlength=len(self._size[coarser]))
            people = np.bincount(parents, weights=size * ~is_open, minlength=len(self._size[coarser]))
            lonely = self._open[coarser] & (hidden > 0) & ((hidden < 2) | (people < self._small))
            if not lonely.any():
                return
            candidates = np.flatnonzero(is_open & lonely[parents])
            # The smallest of each; among equals the first by its keys, whatever the order of the segments.
            candidates = candidates[np.lexsort((candidates, size[candidates], parents[candidates]))]
            _, first = np.unique(parents[candidates], return_index=True)
            is_open[candidates[first]] = False
            without = lonely.copy()
            without[parents[candidates]] = False
            self._open[coarser][without] = False

    def _count(self) -> int:
        return sum(int(cells.sum()) for cells in self._open)


def _cells(keys: Sequence[Key]) -> list[Ints]:
    """For each grouping the number of each segment's cell; cells are numbered in the order of their keys."""
    columns = [_codes([key[position] for key in keys]) for position in range(len(KEYS))]
    cells = []
    for grouping in GROUPINGS:
        code = np.zeros(len(keys), dtype=np.int64)
        for column, bit in zip(columns, BITS.values(), strict=True):
            if grouping & bit:
                code = code * (int(column.max()) + 1) + column
        cells.append(np.unique(code, return_inverse=True)[1].astype(np.int64))
    return cells


def _codes(values: Sequence[str | int]) -> Ints:
    numbers = {value: number for number, value in enumerate(sorted(set(values)))}  # type: ignore[type-var]  # of one kind
    return np.fromiter((numbers[value] for value in values), dtype=np.int64, count=len(values))


def _sums(cells: Ints, residents: Ints) -> Ints:
    sums = np.zeros(int(cells.max()) + 1, dtype=np.int64)
    np.add.at(sums, cells, residents)
    return sums
