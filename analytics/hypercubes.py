"""Keeps every suppressed cell in doubt, whatever sums and differences of answers somebody works out.

This is the hypercube method of secondary suppression.

Take a suppressed cell of k keys whose coarser cells are all published, and for each of its keys another value; of its
places the finest is a key, whose other value lies in the same coarser place. The 2ᵏ cells with the one or the other
value are the corners of a box. Let one buyer more be in every second corner and one fewer in the others: along each key
the changes cancel out, so no count of a cell changes but those of the corners and of cells inside them. If all corners
are suppressed no answer changes, so no answers tell the two worlds apart, and the cell has one buyer more or fewer in
one of them. A cell without such a box is not safe: then the box that costs least is suppressed, or, where there is
none, the smallest cell around it.
"""

from itertools import compress, product

import numpy as np

from analytics.arrays import Flags, Ints, Numbers
from analytics.dimensions import GROUPINGS
from analytics.lattice import EDGES, LINES, POSITIONS, Lattice

# How many boxes are tried for a cell, some at a time. More would suppress a little less and take longer.
_TRIES = (4, 12, 48)
_NEVER = np.inf


class Hypercubes:
    """Which cells have a box so far. A box stays one while more is suppressed."""

    def __init__(self, lattice: Lattice) -> None:
        self._lattice = lattice
        self._is_boxed = {grouping: np.zeros(len(size), dtype=np.bool_) for grouping, size in lattice.size.items()}
        # The same dice each time: the same import is published in the same way.
        self._dice = np.random.default_rng(0)
        self._lines: dict[tuple[int, int], _Lines] = {}

    def close(self) -> bool:
        """Suppresses what is missing of boxes. Whether it was anything. Company must have been kept before."""
        before = self._lattice.count_hidden()
        # As they are now. What is suppressed meanwhile only adds to the boxes that there are.
        for line in LINES:
            grouping, bit = line
            if self._lattice.has_changed((self, line), grouping, grouping & ~bit):
                self._lines[line] = _Lines(self._lattice, grouping, bit)
        for grouping in GROUPINGS:
            if len(EDGES[grouping]) > 1 and self._lattice.same[grouping] == grouping:
                self._close(grouping)
        return self._lattice.count_hidden() > before

    def _close(self, grouping: int) -> None:
        cells = self._outermost(grouping)
        for tries in _TRIES:
            cells = self._without_box(grouping, cells, tries)
        for cell in cells:
            self._suppress_for(grouping, int(cell))

    def _outermost(self, grouping: int) -> Ints:
        """Finds suppressed cells without a box, whose coarser cells are published."""
        lattice = self._lattice
        found = ~lattice.open[grouping] & ~self._is_boxed[grouping]
        for bit in EDGES[grouping]:
            found &= lattice.open[grouping & ~bit][lattice.parents[grouping, bit]]
        return np.flatnonzero(found)

    def _without_box(self, grouping: int, cells: Ints, tries: int) -> Ints:
        """Gives those of the cells for which none was found."""
        if not len(cells):
            return cells
        costs = self._costs(grouping, *self._boxes(grouping, cells, tries)).reshape(len(cells), tries)
        found = (costs == 0).any(axis=1)
        self._is_boxed[grouping][cells[found]] = True
        missing: Ints = cells[~found]
        return missing

    def _suppress_for(self, grouping: int, cell: int) -> None:
        lattice = self._lattice
        here, others = self._boxes(grouping, np.array([cell]), _TRIES[-1])
        costs = self._costs(grouping, here, others, to_suppress=True)
        best = int(costs.argmin())
        if costs[best] < _NEVER:
            places, is_there = lattice.find(grouping, _corners(grouping, here, others)[:, best])
            lattice.hide(grouping, places[is_there])
            return
        around = [(grouping & ~bit, lattice.parents[grouping, bit][cell]) for bit in EDGES[grouping]]
        coarser, parent = min(around, key=lambda one: (lattice.size[one[0]][one[1]], one))
        lattice.hide(coarser, np.array([parent]))

    def _boxes(self, grouping: int, cells: Ints, tries: int) -> tuple[Ints, Ints]:
        """Tries some boxes for each cell: its own values and the other ones, a row for each box.

        The other value of a key is that of a suppressed cell which differs by this key alone; one there is in every
        line with a published whole.
        """
        digits, cells = self._lattice.digits[grouping], np.repeat(cells, tries)
        others = digits[cells]
        for bit in EDGES[grouping]:
            siblings = self._lines[grouping, bit].siblings(cells, self._dice.random(len(cells)))
            others[:, POSITIONS[bit]] = digits[siblings, POSITIONS[bit]]
        return digits[cells], others

    def _costs(self, grouping: int, here: Ints, others: Ints, *, to_suppress: bool = False) -> Numbers:
        """Counts the published residents of each box's corners; `_NEVER` where it keeps nothing in doubt.

        Of the ones that are not free this is looked into only if one is `to_suppress`.

        It keeps a cell in doubt if none of its corners is known to be empty, and if every second of them has a buyer
        who may be taken away.
        """
        lattice, corners = self._lattice, _corners(grouping, here, others)
        places, is_there = (
            found.reshape(corners.shape[:2]) for found in lattice.find(grouping, corners.reshape(-1, len(POSITIONS)))
        )
        costs: Numbers = ((lattice.size[grouping] * lattice.open[grouping])[places] * is_there).sum(axis=0)
        has_buyers = is_there & (lattice.buyers[grouping] > 0)[places]
        is_odd = np.array([number.bit_count() % 2 for number in range(len(corners))], dtype=np.bool_)
        costs[~(has_buyers[is_odd].all(axis=0) | has_buyers[~is_odd].all(axis=0))] = _NEVER
        # This question takes the longest, so only of the boxes that may be chosen.
        corner, box = np.nonzero(~is_there & (costs < _NEVER if to_suppress else costs == 0))
        costs[box[self._is_known(grouping, corners[corner, box])]] = _NEVER
        return costs

    def _is_known(self, grouping: int, empty: Ints) -> Flags:
        """Whether an answer says of cells that are empty that they are, because they have no row `other` in which
        somebody might be."""
        known = np.zeros(len(empty), dtype=np.bool_)
        for bit in EDGES[grouping] if len(empty) else ():
            places, is_there = self._lattice.find(grouping & ~bit, empty)
            known |= is_there & self._lines[grouping, bit].is_told[places]
            known[~is_there] |= self._is_known(grouping & ~bit, empty[~is_there])
        return known


class _Lines:
    """The lines of a grouping along one of its keys: the parts of each cell of the grouping without the key."""

    def __init__(self, lattice: Lattice, grouping: int, bit: int) -> None:
        self._parents = lattice.parents[grouping, bit]
        hidden = np.flatnonzero(~lattice.open[grouping])
        # The suppressed cells, line by line; where each stands among them; where each line begins, how many it has.
        self._hidden = hidden[np.argsort(self._parents[hidden], kind="stable")]
        self._place = np.zeros(len(self._parents), dtype=np.int64)
        self._place[self._hidden] = np.arange(len(hidden))
        whole = lattice.open[grouping & ~bit]
        self._count = np.bincount(self._parents[hidden], minlength=len(whole))
        self._first = np.cumsum(self._count) - self._count
        # All parts are shown: what is not among them is empty, and everybody knows.
        self.is_told = whole & (self._count == 0)

    def siblings(self, cells: Ints, dice: Numbers) -> Ints:
        """Finds for each suppressed cell another one of its line, which `dice`, from 0 to 1, chooses."""
        first, count = self._first[self._parents[cells]], self._count[self._parents[cells]]
        steps = 1 + (dice * (count - 1)).astype(np.int64)
        return self._hidden[first + (self._place[cells] - first + steps) % count]


def _corners(grouping: int, here: Ints, others: Ints) -> Ints:
    """Lists the corners of each box: corners × boxes × keys, the cell itself first.

    The number of a corner has a bit for each other value.
    """
    positions = [POSITIONS[bit] for bit in EDGES[grouping]]
    corners = np.repeat(here[np.newaxis], 1 << len(positions), axis=0)
    for number, takes in enumerate(product((False, True), repeat=len(positions))):
        for position in compress(positions, takes):
            corners[number, :, position] = others[:, position]
    return corners
