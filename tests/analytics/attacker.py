"""Somebody who may not see residents, asks every question there is, and works with the answers.

People are sets of segments, written as the bits of an integer: one bit for each combination of values that somebody
may imagine, so also for those where nobody lives, unless an answer says that nobody does.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import numpy as np

from analytics.dimensions import BIT_OF, BITS, DIMENSIONS, GROUPINGS
from analytics.disclosure import OTHER, is_named, is_visible, published_masks
from analytics.lattice import FEWEST_BUYERS, Key, World

# Residents and buyers.
Counts = tuple[int, int]
Segments = dict[Key, Counts]
Masks = dict[Key, int]
Row = tuple[object, ...]


def world_of(segments: Segments) -> World:
    return World(list(segments), *([counts[place] for counts in segments.values()] for place in range(2)))


def masks_of(segments: Segments, *, small: int) -> Masks:
    return dict(zip(segments, published_masks(world_of(segments), small=small), strict=True))


def places_of(grouping: int) -> list[int]:
    """The places of its keys."""
    return [place for place, bit in enumerate(BITS.values()) if grouping & bit]


def answer(masks: Masks, group_by: list[int], filters: dict[int, object]) -> dict[Row, list[Key]]:
    """The rows of one answer and the segments that each adds up; keys are given by their places."""
    rows: dict[Row, list[Key]] = defaultdict(list)
    names, filtered = [DIMENSIONS[place] for place in group_by], [DIMENSIONS[place] for place in filters]
    for key, mask in masks.items():
        if all(key[place] == value for place, value in filters.items()) and is_visible(mask, filters=filtered):
            named = is_named(mask, group_by=names, filters=filtered)
            rows[tuple(key[place] if named else OTHER for place in group_by)].append(key)
    return rows


class Attacker:
    """Every answer about a world, as sets of imaginable segments. Where towns and cities are is known."""

    def __init__(self, world: Segments, masks: Masks) -> None:
        places = sorted({key[:3] for key in world})
        ages, channels, genders = (sorted({key[place] for key in world}, key=str) for place in range(3, 6))
        self.grid: list[Key] = [(*place, *rest) for place, *rest in product(places, ages, channels, genders)]
        self._place = {key: place for place, key in enumerate(self.grid)}
        self._world, self.masks = world, masks
        # Of each row of each answer what it adds up, and the residents of it.
        self.named: set[int] = set()
        self.others: dict[int, set[Row]] = defaultdict(set)
        self.known_empty = 0
        for grouping, slices in self._questions():
            self._ask(places_of(grouping), places_of(slices))
        self.named = {people & ~self.known_empty for people in self.named}
        self.others = {people & ~self.known_empty: cells for people, cells in self.others.items()}

    def count(self, people: int) -> Counts:
        """How many they are, and how many of them buy."""
        found = [self._world.get(key, (0, 0)) for place, key in enumerate(self.grid) if people >> place & 1]
        return sum(residents for residents, _ in found), sum(buyers for _, buyers in found)

    def is_small(self, people: int, small: int) -> bool:
        residents, buyers = self.count(people)
        return residents < small or buyers < FEWEST_BUYERS

    def small_differences(self, small: int) -> list[int]:
        """What is left of a row without another one that lies inside it, where it is somebody, and small."""
        rows = {people: self.count(people) for people in (*self.named, *self.others)}
        sums = np.array(list(rows.values())).reshape(-1, 2)
        found = []
        for a, (residents, buyers) in rows.items():
            fewer, less = residents - sums[:, 0], buyers - sums[:, 1]
            near = np.flatnonzero((fewer > 0) & ((fewer < small) | (less < FEWEST_BUYERS)))
            found += [a & ~b for b in map(list(rows).__getitem__, near) if a & b == b]
        return found

    def determined_cells(self) -> list[tuple[Key, int]]:
        """Suppressed cells whose residents some sum and difference of answers comes to."""
        freedom, found = self._freedom(), []
        for key, mask in self.masks.items():
            for grouping in GROUPINGS:
                places = places_of(grouping)
                inside = [self._place[other] for other in self.grid if all(other[p] == key[p] for p in places)]
                if not mask >> BIT_OF[grouping] & 1 and np.abs(freedom[:, inside].sum(axis=1)).max(initial=0) < 1e-9:
                    found.append((key, grouping))
        return found

    def _freedom(self) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
        """Directions in which the world could be another one and all answers the same: rows over the grid."""
        free = [place for place in range(len(self.grid)) if not self.known_empty >> place & 1]
        answers = np.array([[people >> place & 1 for place in free] for people in self.named], dtype=np.float64)
        _, values, directions = np.linalg.svd(answers.reshape(len(self.named), len(free)))
        freedom = np.zeros((len(free) - int((values > 1e-9).sum()), len(self.grid)))
        freedom[:, free] = directions[int((values > 1e-9).sum()) :]
        return freedom

    @staticmethod
    def _questions() -> Iterator[tuple[int, int]]:
        """The keys grouped and filtered by, and among them those filtered by: who asks for a town knows its city."""
        return ((grouping, slices) for grouping in GROUPINGS for slices in GROUPINGS if slices & grouping == slices)

    def _ask(self, grouped: list[int], filtered: list[int]) -> None:
        for values in sorted({tuple(key[place] for place in filtered) for key in self.grid}, key=str):
            self._ask_about(
                [place for place in grouped if place not in filtered], dict(zip(filtered, values, strict=True))
            )

    def _ask_about(self, group_by: list[int], filters: dict[int, object]) -> None:
        rows = answer(self.masks, group_by, filters)
        if not rows:
            return
        left = self._people(filters)
        for row in rows:
            if OTHER not in row:
                people = self._people({**filters, **dict(zip(group_by, row, strict=True))})
                self.named.add(people)
                left &= ~people
        hidden = [key for row, keys in rows.items() if OTHER in row for key in keys]
        if hidden:
            self.others[left] = {tuple(key[place] for place in group_by) for key in hidden}
        else:
            self.known_empty |= left

    def _people(self, filters: dict[int, object]) -> int:
        matching = (key for key in self.grid if all(key[place] == value for place, value in filters.items()))
        return sum(1 << self._place[key] for key in matching)
