"""Decides which cells everybody may see. Knows no database.

A *grouping* is a set of keys (`analytics.dimensions`), one of its *cells* a combination of their values, so each
segment lies in one cell of each of the 32 groupings. People are *small* if they are fewer than `small` residents, or
fewer than `FEWEST_BUYERS` buyers. A cell is published or suppressed, once for all questions:

1. A small cell is suppressed.
2. A cell inside a suppressed cell is suppressed.
3. A published cell, cut by one more key, has no suppressed part, or at least two that are not small together: its
   smallest published part is suppressed for company. Where there is no other part, the part is the same people as the
   whole, and the whole is suppressed.
4. The suppressed parts of a cell, cut by one more key, are treated as a cell too: what of them follows from answers
   leaves nobody, or people who are not small.
5. Each suppressed cell is in doubt, whatever is worked out from all answers together (`analytics.hypercubes`).

A question that groups by A and filters by B is answered like this: segments whose cell of B is suppressed are left out
(`is_visible`); those whose cell of A ∪ B is published are shown under their keys (`is_named`); the others are added up
into one row `other`. So every answer is a sum of published cells, or a published cell without some of its published
parts.
"""

from collections.abc import Iterable

import numpy as np

from analytics.arrays import Ints, Numbers
from analytics.dimensions import BIT_OF, BITS, GROUPINGS, grouping_of
from analytics.hypercubes import Hypercubes
from analytics.lattice import LINES, POSITIONS, Lattice, World


def _closed(grouping: int) -> int:
    return grouping_of(key for key, bit in BITS.items() if grouping & bit)


# A grouping, the keys of a slice among them, both of them closed, and both with one key more.
_OTHERS = [
    (grouping, slices, _closed(grouping | bit), _closed(slices | bit))
    for grouping in GROUPINGS
    for slices in GROUPINGS
    if slices & grouping == slices
    for bit in POSITIONS
    if not grouping & bit
]
# What the keys of a row are called that stands for several segments.
OTHER = "other"


def published_masks(world: World, *, small: int) -> list[int]:
    """Makes the bits of each segment: bit `BIT_OF[k]` is set when its cell of grouping k is published.

    The order of the segments does not matter.
    """
    if not world.keys:
        return []
    lattice = Lattice(world, small)
    _close(lattice, Hypercubes(lattice))
    return lattice.masks()


def masks_of_two_days(then: World, now: World, *, small: int) -> tuple[list[int], list[int]]:
    """Makes the bits for one import by the ages on two days, both of which are asked about.

    Whatever leaves ages out is the same on both days, and published on both or on none: else the one day's answers
    would tell what the other's withhold.
    """
    if not then.keys:
        return [], []
    both = Lattice(then, small), Lattice(now, small)
    cubes = [Hypercubes(lattice) for lattice in both]
    has_changed = True
    while has_changed:
        for lattice, hypercubes in zip(both, cubes, strict=True):
            _close(lattice, hypercubes)
            # At once, so that the other day suppresses the same and not as much again.
            has_changed = _agree(*both)
    return both[0].masks(), both[1].masks()


def _close(lattice: Lattice, hypercubes: Hypercubes) -> None:
    # What is suppressed stays so, so it ends.
    while _close_inner(lattice) or _close_company(lattice) or _close_others(lattice) or hypercubes.close():
        pass


def _agree(then: Lattice, now: Lattice) -> bool:
    """Suppresses cells without an age that the other day suppresses. Whether there were any."""
    before = then.count_hidden() + now.count_hidden()
    for grouping in GROUPINGS:
        if not grouping & BITS["age_group"]:
            # The same cells in the same order, for they are ordered by their keys.
            then.hide(grouping, np.flatnonzero(~now.open[grouping]))
            now.hide(grouping, np.flatnonzero(~then.open[grouping]))
    return then.count_hidden() + now.count_hidden() > before


def is_visible(published: int, *, filters: Iterable[str]) -> bool:
    """Whether a segment counts at all in an answer that is filtered by these keys."""
    return bool(published >> BIT_OF[grouping_of(filters)] & 1)


def is_named(published: int, *, group_by: Iterable[str], filters: Iterable[str]) -> bool:
    """Whether a visible segment is counted under its own keys; else in the row `other`."""
    return bool(published >> BIT_OF[grouping_of([*group_by, *filters])] & 1)


def _close_inner(lattice: Lattice) -> bool:
    """Rule 2, from coarse to fine."""
    before = lattice.count_hidden()
    for grouping, bit in LINES:
        if lattice.has_changed(_close_inner, grouping, grouping & ~bit):
            lattice.hide(grouping, np.flatnonzero(~lattice.open[grouping & ~bit][lattice.parents[grouping, bit]]))
    return lattice.count_hidden() > before


def _close_company(lattice: Lattice) -> bool:
    """Rule 3, along each key of each grouping."""
    before = lattice.count_hidden()
    for grouping, bit in LINES:
        if lattice.has_changed(_keep_company, grouping, grouping & ~bit):
            _keep_company(lattice, grouping, bit)
    return lattice.count_hidden() > before


def _keep_company(lattice: Lattice, grouping: int, bit: int) -> None:
    coarser, parents = grouping & ~bit, lattice.parents[grouping, bit]
    is_open, whole = lattice.open[grouping], lattice.open[coarser]
    while True:
        hidden = np.flatnonzero(~is_open)
        parts = np.bincount(parents[hidden], minlength=len(whole))
        lonely = whole & (parts > 0) & ((parts < 2) | lattice.is_small(*lattice.count(grouping, hidden, coarser)))
        if not lonely.any():
            return
        chosen = _smallest(np.flatnonzero(is_open & lonely[parents]), parents, lattice.size[grouping])
        lattice.hide(grouping, chosen)
        lonely[parents[chosen]] = False
        lattice.hide(coarser, np.flatnonzero(lonely))


def _close_others(lattice: Lattice) -> bool:
    """Rule 4, for each row `other` and each key by which it is not cut yet."""
    before = lattice.count_hidden()
    for grouping, slices, finer, thin in _OTHERS:
        if lattice.has_changed(_keep_rest, grouping, slices, finer, thin):
            _keep_rest(lattice, grouping, slices, finer, thin)
    return lattice.count_hidden() > before


def _keep_rest(lattice: Lattice, grouping: int, slices: int, finer: int, thin: int) -> None:
    """Works for the rows `other` of the grouping in slices by some of its keys, cut by one more key.

    Such a part follows from answers where its own slice is published, with all parts of the cells that are.
    """
    is_shown = lattice.open[grouping][lattice.around(finer, grouping)]
    merged = np.flatnonzero(~is_shown)
    if not len(merged):
        return
    slice_of, thin_of, is_open = lattice.around(finer, slices), lattice.around(finer, thin), lattice.open[finer]
    follows = lattice.open[thin].copy()
    follows[thin_of[is_shown & ~is_open]] = False
    residents, buyers = lattice.count(finer, merged[~follows[thin_of[merged]]], slices)
    bad = lattice.open[slices] & (residents > 0) & lattice.is_small(residents, buyers)
    if not bad.any():
        return
    is_bad, follows = bad[slice_of], follows[thin_of]
    # One more part that does not follow: tear a published cell there, or where there is none suppress the slice.
    has_hidden = np.bincount(thin_of[merged], minlength=len(lattice.size[thin]))[thin_of] > 0
    inside = is_bad & follows & has_hidden
    chosen = _smallest(np.flatnonzero(inside & is_shown), slice_of, lattice.size[finer])
    lattice.hide(finer, chosen)
    left = np.flatnonzero(inside & ~np.isin(slice_of, slice_of[chosen]))
    thin_left = thin_of[_smallest(left, slice_of, lattice.size[thin][thin_of])]
    lattice.hide(thin, thin_left)


def _smallest(cells: Ints, parents: Ints, size: Numbers) -> Ints:
    """Finds the smallest of the cells with the same parent; among equals the first by its keys."""
    cells = cells[np.lexsort((cells, size[cells], parents[cells]))]
    return cells[np.unique(parents[cells], return_index=True)[1]]
