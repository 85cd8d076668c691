"""Decides which cells everybody may see. Knows no database.

A *grouping* is a set of keys (`analytics.dimensions`), one of its *cells* a combination of their values, so each
segment lies in one cell of each of the 16 groupings. A cell is published or suppressed, once for all questions:

1. A cell of fewer than `small` residents is suppressed.
2. A cell inside a suppressed cell is suppressed.
3. A published cell, cut by one more key, has no suppressed part, or at least two with `small` residents together: its
   smallest published part is suppressed for company. Where there is no other part, the part is the same people as the
   whole, and the whole is suppressed.
4. The suppressed parts of a cell, cut by one more key, are treated as a cell too: what of them follows from answers
   leaves nobody, or at least `small` residents.
5. Each suppressed cell is in doubt, whatever is worked out from all answers together (`analytics.hypercubes`).

A question that groups by A and filters by B is answered like this: segments whose cell of B is suppressed are left out
(`is_visible`); those whose cell of A ∪ B is published are shown under their keys (`is_named`); the others are added up
into one row `other`. So every answer is a sum of published cells, or a published cell without some of its published
parts.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from analytics.dimensions import BITS, GROUPINGS, grouping_of
from analytics.hypercubes import Hypercubes
from analytics.lattice import LINES, POSITIONS, Ints, Key, Lattice

# A grouping, the keys of a slice among them, and a key that is not.
_OTHERS = [
    (grouping, slices, bit)
    for grouping in GROUPINGS
    for slices in range(grouping)
    if slices & grouping == slices
    for bit in POSITIONS
    if not grouping & bit
]
# The keys of segments and their residents, in the same order.
World = tuple[Sequence[Key], Sequence[int]]
# What the keys of a row are called that stands for several segments.
OTHER = "other"


def published_masks(keys: Sequence[Key], residents: Sequence[int], *, small: int) -> list[int]:
    """Makes the bits of each segment: bit k is set when its cell of grouping k is published.

    `keys`: town, age group, channel, gender of each segment, each combination once; `residents` above 0. The order of
    the segments does not matter.
    """
    if not keys:
        return []
    lattice = Lattice(keys, residents, small)
    _close(lattice, Hypercubes(lattice))
    return lattice.masks()


def masks_of_two_days(then: World, now: World, *, small: int) -> tuple[list[int], list[int]]:
    """Makes the bits for one import by the ages on two days, both of which are asked about.

    Whatever leaves ages out is the same on both days, and published on both or on none: else the one day's answers
    would tell what the other's withhold.
    """
    if not then[0]:
        return [], []
    both = Lattice(*then, small), Lattice(*now, small)
    cubes = [Hypercubes(lattice) for lattice in both]
    while True:
        for lattice, hypercubes in zip(both, cubes, strict=True):
            _close(lattice, hypercubes)
        if not _agree(*both):
            return both[0].masks(), both[1].masks()


def _close(lattice: Lattice, hypercubes: Hypercubes) -> None:
    # What is suppressed stays so, so it ends.
    while _close_inner(lattice) or _close_company(lattice) or _close_others(lattice) or hypercubes.close():
        pass


def _agree(then: Lattice, now: Lattice) -> bool:
    """Suppresses cells without an age that the other day suppresses. Whether there were any."""
    before = then.count_open() + now.count_open()
    for grouping in GROUPINGS:
        if not grouping & BITS["age_group"]:
            # The same cells in the same order, for they are ordered by their keys.
            then.open[grouping] &= now.open[grouping]
            now.open[grouping] &= then.open[grouping]
    return then.count_open() + now.count_open() < before


def is_visible(published: int, *, filters: Iterable[str]) -> bool:
    """Whether a segment counts at all in an answer that is filtered by these keys."""
    return bool(published >> grouping_of(filters) & 1)


def is_named(published: int, *, group_by: Iterable[str], filters: Iterable[str]) -> bool:
    """Whether a visible segment is counted under its own keys; else in the row `other`."""
    return bool(published >> grouping_of([*group_by, *filters]) & 1)


def _close_inner(lattice: Lattice) -> bool:
    """Rule 2, from coarse to fine."""
    before = lattice.count_open()
    for grouping, bit in LINES:
        lattice.open[grouping] &= lattice.open[grouping & ~bit][lattice.parents[grouping, bit]]
    return lattice.count_open() < before


def _close_company(lattice: Lattice) -> bool:
    """Rule 3, along each key of each grouping."""
    before = lattice.count_open()
    for grouping, bit in LINES:
        _keep_company(lattice, grouping, bit)
    return lattice.count_open() < before


def _keep_company(lattice: Lattice, grouping: int, bit: int) -> None:
    parents, is_open, whole = lattice.parents[grouping, bit], lattice.open[grouping], lattice.open[grouping & ~bit]
    while True:
        hidden = lattice.hidden_parts(grouping, bit)
        people = np.bincount(parents, weights=lattice.size[grouping] * ~is_open, minlength=len(whole))
        lonely = whole & (hidden > 0) & ((hidden < 2) | (people < lattice.small))
        if not lonely.any():
            return
        chosen = _smallest(np.flatnonzero(is_open & lonely[parents]), parents, lattice.size[grouping])
        is_open[chosen] = False
        lonely[parents[chosen]] = False
        whole[lonely] = False


def _close_others(lattice: Lattice) -> bool:
    """Rule 4, for each row `other` and each key by which it is not cut yet."""
    before = lattice.count_open()
    for grouping, slices, bit in _OTHERS:
        _keep_rest(lattice, grouping, slices, bit)
    return lattice.count_open() < before


def _keep_rest(lattice: Lattice, grouping: int, slices: int, bit: int) -> None:
    """Works for the rows `other` of the grouping in slices by some of its keys, cut by the key `bit`.

    Such a part follows from answers where its own slice is published, with all parts of the cells that are.
    """
    finer, thin = grouping | bit, slices | bit
    slice_of, thin_of = lattice.around(finer, slices), lattice.around(finer, thin)
    is_open, is_shown = lattice.open[finer], lattice.open[grouping][lattice.around(finer, grouping)]
    torn = np.bincount(thin_of[is_shown & ~is_open], minlength=len(lattice.size[thin])) > 0
    follows = (lattice.open[thin] & ~torn)[thin_of]
    hidden = lattice.size[finer] * ~is_shown
    rest = np.bincount(slice_of, weights=hidden * ~follows, minlength=len(lattice.size[slices]))
    is_bad = (lattice.open[slices] & (rest > 0) & (rest < lattice.small))[slice_of]
    if not is_bad.any():
        return
    # One more part that does not follow: tear a published cell there, or where there is none suppress the slice.
    has_hidden = np.bincount(thin_of, weights=hidden, minlength=len(lattice.size[thin]))[thin_of] > 0
    inside = is_bad & follows & has_hidden
    chosen = _smallest(np.flatnonzero(inside & is_shown), slice_of, lattice.size[finer])
    is_open[chosen] = False
    left = np.flatnonzero(inside & ~np.isin(slice_of, slice_of[chosen]))
    thin_left = thin_of[_smallest(left, slice_of, lattice.size[thin][thin_of])]
    lattice.open[thin][thin_left] = False


def _smallest(cells: Ints, parents: Ints, size: Ints) -> Ints:
    """Finds the smallest of the cells with the same parent; among equals the first by its keys."""
    cells = cells[np.lexsort((cells, size[cells], parents[cells]))]
    return cells[np.unique(parents[cells], return_index=True)[1]]
