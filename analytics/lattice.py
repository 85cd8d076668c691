"""The cells of the 32 groupings of some segments, and which of them are open. Knows no database."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from analytics.arrays import Flags, Ints, Numbers
from analytics.dimensions import BIT_OF, BITS, GROUPINGS, PLACES

# Country, city, town, age group, channel, gender.
Key = tuple[str, str, str, int, str, str]

POSITIONS = {bit: position for position, bit in enumerate(BITS.values())}
# Of each grouping the keys without which it is one still: the finest of its places, and all others. They say which
# cell one is, for a town names its city.
EDGES = {
    grouping: tuple(bit for bit in POSITIONS if grouping & bit and grouping & ~bit in BIT_OF) for grouping in GROUPINGS
}
LINES = [(grouping, bit) for grouping in GROUPINGS for bit in EDGES[grouping]]
# One buyer's courses are a person's number; of two, each knows the other's. So a cell that is not small has three.
FEWEST_BUYERS = 3
# A code is looked up in a table, if that is not very much larger than the cells are many.
_MOST_BY_CELL = 100


class World(NamedTuple):
    """Segments, each combination of keys once: their keys, residents (above 0) and buyers, in the same order."""

    keys: Sequence[Key]
    residents: Sequence[int]
    buyers: Sequence[int]


class Lattice:
    """The cells of each grouping that are not empty, numbered in the order of their keys.

    `cell_of[g]`: the cell of each segment. `size[g]`, `buyers[g]`: the residents and buyers of each cell. `same[g]`:
    the coarsest grouping with the same cells. `open[g]`: whether a cell is published, one array for those with the same
    cells. `parents[g, bit]`: the cell of the grouping without that key in which each cell lies. `digits[g]`: a row for
    each cell with the numbers of its values, of all keys; those of keys outside the grouping mean nothing.
    """

    def __init__(self, world: World, small: int) -> None:
        digits = np.stack([_numbers(_values(world.keys, position)) for position in POSITIONS.values()], axis=1)
        self._radix = (digits.max(axis=0) + 1).tolist()
        self.small = small
        self.codes: dict[int, Ints] = {}
        self.cell_of: dict[int, Ints] = {}
        self.digits: dict[int, Ints] = {}
        # One segment of each cell.
        self._segments: dict[int, Ints] = {}
        for grouping in reversed(GROUPINGS):
            self._number_cells(grouping, digits)
        self.size, self.buyers = (
            {grouping: _sums(cells, column, len(self.codes[grouping])) for grouping, cells in self.cell_of.items()}
            for column in (np.array(world.residents), np.array(world.buyers))
        )
        self.same: dict[int, int] = {}
        self.open: dict[int, Flags] = {}
        for grouping in GROUPINGS:
            self._find_same(grouping)
        self._hidden = dict.fromkeys(GROUPINGS, 0)
        for grouping in GROUPINGS:
            self.hide(grouping, np.flatnonzero(self.is_small(self.size[grouping], self.buyers[grouping])))
        self._tables: dict[int, Ints | None] = {}
        self._seen: dict[tuple[object, tuple[int, ...]], int] = {}
        self._around: dict[tuple[int, int], Ints] = {}
        self.parents = {(grouping, bit): self.around(grouping, grouping & ~bit) for grouping, bit in LINES}

    def is_small(self, residents: Numbers, buyers: Numbers) -> Flags:
        """Says of groups of people which ones must not be known."""
        return (residents < self.small) | (buyers < FEWEST_BUYERS)

    def hide(self, grouping: int, cells: Ints) -> None:
        """Suppresses cells. Nothing is ever published again."""
        self.open[grouping][cells] = False
        self._hidden[self.same[grouping]] = len(self.open[grouping]) - int(np.count_nonzero(self.open[grouping]))

    def count_hidden(self) -> int:
        """Counts the cells that are suppressed: what grows as rules are applied."""
        return sum(self._hidden.values())

    def has_changed(self, asker: object, *groupings: int) -> bool:
        """Whether cells of these groupings were suppressed since the same was asked; True for the first time.

        What the asker itself suppresses afterwards counts, for then it has to look again. Groupings with the same cells
        are the same question.
        """
        same = tuple([self.same[grouping] for grouping in groupings])
        # None of them ever falls, so their sum says it.
        hidden = sum([self._hidden[grouping] for grouping in same])
        before, self._seen[asker, same] = self._seen.get((asker, same)), hidden
        return hidden != before

    def count(self, grouping: int, cells: Ints, coarser: int) -> tuple[Numbers, Numbers]:
        """Adds up residents and buyers of cells of a grouping by the cells of a coarser one in which they lie."""
        within, of = len(self.size[coarser]), self.around(grouping, coarser)[cells]
        return _sums(of, self.size[grouping][cells], within), _sums(of, self.buyers[grouping][cells], within)

    def masks(self) -> list[int]:
        """Makes a mask for each segment: the bit of a grouping is set when its cell of it is open."""
        bits = np.zeros(len(self.cell_of[0]), dtype=np.int64)
        for grouping, bit in BIT_OF.items():
            bits |= self.open[grouping][self.cell_of[grouping]].astype(np.int64) << bit
        masks: list[int] = bits.tolist()
        return masks

    def find(self, grouping: int, digits: Ints) -> tuple[Ints, Flags]:
        """Finds the cells with these values, and whether there are any; where not, the number means nothing."""
        wanted, codes = self._code(grouping, digits), self.codes[grouping]
        if (table := self._table(grouping)) is not None:
            places = table[wanted]
            return places, places >= 0
        places = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        return places, codes[places] == wanted

    def around(self, grouping: int, coarser: int) -> Ints:
        """Finds for each cell of a grouping the cell of a coarser one in which it lies."""
        if (grouping, coarser) not in self._around:
            self._around[grouping, coarser] = self.cell_of[coarser][self._segments[grouping]]
        return self._around[grouping, coarser]

    def _table(self, grouping: int) -> Ints | None:
        """Gives the number of the cell of each code, -1 where there is none; None where codes are very many more."""
        if grouping not in self._tables:
            codes, most = self.codes[grouping], prod(self._radix[POSITIONS[bit]] for bit in EDGES[grouping])
            self._tables[grouping] = None
            if most <= _MOST_BY_CELL * len(codes):
                self._tables[grouping] = table = np.full(most, -1)
                table[codes] = np.arange(len(codes))
        return self._tables[grouping]

    def _number_cells(self, grouping: int, digits: Ints) -> None:
        """Numbers them among the cells of a grouping with one key more, for those are fewer than the segments."""
        finer = [grouping | bit for bit in POSITIONS if grouping | bit != grouping and grouping | bit in self.codes]
        fewest = min(finer, key=lambda one: len(self.codes[one]), default=None)
        rows = digits if fewest is None else self.digits[fewest]
        segments = np.arange(len(rows)) if fewest is None else self._segments[fewest]
        codes, first, cells = np.unique(self._code(grouping, rows), return_index=True, return_inverse=True)
        self.codes[grouping] = codes
        self.digits[grouping] = rows[first]
        self._segments[grouping] = segments[first]
        self.cell_of[grouping] = cells if fewest is None else cells[self.cell_of[fewest]]

    def _find_same(self, grouping: int) -> None:
        """Shares what is open with a coarser grouping that has the same cells: that of towns where each is a city."""
        cells, coarser = self.cell_of[grouping], (grouping & ~bit for bit in EDGES[grouping])
        equal = (one for one in coarser if np.array_equal(self.cell_of[one], cells))
        self.same[grouping] = self.same[found] if (found := next(equal, None)) is not None else grouping
        ones = np.ones(len(self.codes[grouping]), dtype=np.bool_)
        self.open[grouping] = self.open.get(self.same[grouping], ones)

    def _code(self, grouping: int, digits: Ints) -> Ints:
        code = np.zeros(len(digits), dtype=np.int64)
        for bit in EDGES[grouping]:
            code = code * self._radix[POSITIONS[bit]] + digits[:, POSITIONS[bit]]
        return code


def _sums(cells: Ints, counts: Ints | Numbers, number: int) -> Numbers:
    return np.bincount(cells, counts, minlength=number).astype(np.float64, copy=False)


def _values(keys: Sequence[Key], position: int) -> list[str | int | tuple[str | int, ...]]:
    """Gives the values at a position; of a place with the coarser ones around it, for two cities may share a name."""
    if 0 < position < len(PLACES):
        return [key[: position + 1] for key in keys]
    return [key[position] for key in keys]


def _numbers(values: Sequence[str | int | tuple[str | int, ...]]) -> Ints:
    """Numbers each value by its place among the different ones."""
    numbers = {value: number for number, value in enumerate(sorted(set(values)))}
    return np.fromiter((numbers[value] for value in values), dtype=np.int64, count=len(values))
