"""Somebody who may not see residents, asks every question there is, and works with the answers.

People are sets of segments, written as the bits of an integer: one bit for each combination of values that somebody
may imagine, so also for those where nobody lives, unless an answer says that nobody does.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, product
from typing import cast

import numpy as np

from analytics.dimensions import DIMENSIONS
from analytics.disclosure import OTHER, is_named, is_visible
from analytics.lattice import Key

World = dict[Key, int]
Masks = dict[Key, int]
Row = tuple[object, ...]
SUBSETS = [keys for size in range(5) for keys in combinations(range(4), size)]


def answer(masks: Masks, group_by: tuple[int, ...], filters: dict[int, object]) -> dict[Row, list[Key]]:
    """The rows of one answer and the segments that each adds up; keys are given by their places."""
    rows: dict[Row, list[Key]] = defaultdict(list)
    names, filtered = [DIMENSIONS[place] for place in group_by], [DIMENSIONS[place] for place in filters]
    for key, mask in masks.items():
        if all(key[place] == value for place, value in filters.items()) and is_visible(mask, filters=filtered):
            named = is_named(mask, group_by=names, filters=filtered)
            rows[tuple(key[place] if named else OTHER for place in group_by)].append(key)
    return rows


class Attacker:
    """Every answer about a world, as sets of imaginable segments."""

    def __init__(self, world: World, masks: Masks) -> None:
        towns, ages, channels, genders = ({key[place] for key in world} for place in range(4))
        self.grid = cast("list[Key]", list(product(*map(sorted, (towns, ages, channels, genders)))))
        self._place = {key: place for place, key in enumerate(self.grid)}
        self._world, self.masks = world, masks
        # Of each row of each answer what it adds up, and the residents of it.
        self.named: set[int] = set()
        self.others: dict[int, set[Row]] = defaultdict(set)
        self.known_empty = 0
        for group_by, filters in self._questions():
            self._ask(group_by, filters)
        self.named = {people & ~self.known_empty for people in self.named}
        self.others = {people & ~self.known_empty: cells for people, cells in self.others.items()}

    def residents(self, people: int) -> int:
        """How many they are."""
        return sum(self._world.get(key, 0) for place, key in enumerate(self.grid) if people >> place & 1)

    def small_differences(self, small: int) -> list[int]:
        """What is left of a row without another one that lies inside it, where it is fewer than `small` people."""
        rows = {people: self.residents(people) for people in (*self.named, *self.others)}
        nested = ((a, b) for a in rows for b in rows if a & b == b and 0 < rows[a] - rows[b] < small)
        return [a & ~b for a, b in nested]

    def determined_cells(self) -> list[tuple[Key, int]]:
        """Suppressed cells whose residents some sum and difference of answers comes to."""
        freedom, found = self._freedom(), []
        for key, mask in self.masks.items():
            for grouping, places in enumerate(self._places_by_grouping()):
                inside = [self._place[other] for other in self.grid if all(other[p] == key[p] for p in places)]
                if not mask >> grouping & 1 and np.abs(freedom[:, inside].sum(axis=1)).max(initial=0) < 1e-9:
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
    def _places_by_grouping() -> list[list[int]]:
        return [[place for place in range(4) if grouping >> place & 1] for grouping in range(16)]

    def _questions(self) -> Iterator[tuple[tuple[int, ...], dict[int, object]]]:
        for filtered in SUBSETS:
            for values in sorted({tuple(key[place] for place in filtered) for key in self.grid}, key=str):
                for group_by in SUBSETS:
                    if not set(group_by) & set(filtered):
                        yield group_by, dict(zip(filtered, values, strict=True))

    def _ask(self, group_by: tuple[int, ...], filters: dict[int, object]) -> None:
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
