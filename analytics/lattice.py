"""The cells of the 16 groupings of some segments, and which of them are open. Knows no database."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.dimensions import BITS, DIMENSIONS, GROUPINGS

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
# Town, age group, channel, gender.
Key = tuple[str, int, str, str]

POSITIONS = {bit: position for position, bit in enumerate(BITS.values())}
LINES = [(grouping, bit) for grouping in GROUPINGS for bit in POSITIONS if grouping & bit]


class Lattice:
    """The cells of each grouping that are not empty, numbered in the order of their keys.

    `cell_of[g]`: the cell of each segment. `size[g]`: the residents of each cell. `open[g]`: whether it is published.
    `parents[g, bit]`: the cell of the grouping without that key in which each cell lies. `digits[g]`: a row for each
    cell with the numbers of its values, of all four keys; those of keys outside the grouping mean nothing.
    """

    def __init__(self, keys: Sequence[Key], residents: Sequence[int], small: int) -> None:
        columns = [_numbers([key[position] for key in keys]) for position in range(len(DIMENSIONS))]
        self._radix = [int(column.max()) + 1 for column in columns]
        people, digits = np.asarray(residents, dtype=np.int64), np.stack(columns, axis=1)
        self.small = small
        self.codes, self.cell_of, self.digits = [], [], []
        for grouping in GROUPINGS:
            codes, first, cells = np.unique(self._code(grouping, digits), return_index=True, return_inverse=True)
            self.codes.append(codes)
            self.cell_of.append(cells)
            self.digits.append(digits[first])
        self.size = [_sums(cells, people) for cells in self.cell_of]
        self.open: list[Flags] = [size >= small for size in self.size]
        self._around: dict[tuple[int, int], Ints] = {}
        self.parents = {(grouping, bit): self.around(grouping, grouping & ~bit) for grouping, bit in LINES}

    def count_open(self) -> int:
        """Counts the cells that are published: what grows smaller as rules are applied."""
        return sum(int(cells.sum()) for cells in self.open)

    def masks(self) -> list[int]:
        """Makes a mask for each segment: bit g is set when its cell of grouping g is open."""
        bits = np.zeros(len(self.cell_of[0]), dtype=np.int64)
        for grouping in GROUPINGS:
            bits |= self.open[grouping][self.cell_of[grouping]].astype(np.int64) << grouping
        masks: list[int] = bits.tolist()
        return masks

    def find(self, grouping: int, digits: Ints) -> tuple[Ints, Flags]:
        """Finds the cells with these values, and whether there are any; where not, the number means nothing."""
        wanted, codes = self._code(grouping, digits), self.codes[grouping]
        places = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        return places, codes[places] == wanted

    def hidden_parts(self, grouping: int, bit: int) -> Ints:
        """Counts for each cell of the grouping without the key how many of its parts along the key are suppressed."""
        parents = self.parents[grouping, bit]
        return np.bincount(parents[~self.open[grouping]], minlength=len(self.size[grouping & ~bit]))

    def around(self, grouping: int, coarser: int) -> Ints:
        """Finds for each cell of a grouping the cell of a coarser one in which it lies."""
        if (grouping, coarser) not in self._around:
            self._around[grouping, coarser] = self.find(coarser, self.digits[grouping])[0]
        return self._around[grouping, coarser]

    def _code(self, grouping: int, digits: Ints) -> Ints:
        code = np.zeros(len(digits), dtype=np.int64)
        for bit, position in POSITIONS.items():
            if grouping & bit:
                code = code * self._radix[position] + digits[:, position]
        return code


def _numbers(values: Sequence[str | int]) -> Ints:
    """Numbers each value by its place among the different ones."""
    numbers = {value: number for number, value in enumerate(sorted(set(values)))}
    return np.fromiter((numbers[value] for value in values), dtype=np.int64, count=len(values))


def _sums(cells: Ints, residents: Ints) -> Ints:
    sums = np.zeros(int(cells.max()) + 1, dtype=np.int64)
    np.add.at(sums, cells, residents)
    return sums
