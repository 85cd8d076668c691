"""Groups against their average, in order, a page of them. Numbers are worked out for many groups at once."""

from functools import partial
from typing import Any

import numpy as np

from analytics.arrays import Flags, Ints, Numbers
from analytics.dimensions import place_of
from analytics.services.asking.estimates import Estimates
from analytics.services.asking.questions import COUNTS, EXPECTED, MEASURES, SORTABLE, Question, Row

# What is shown, and by what is sorted.
_DECIMALS = 2


class Ranking:
    """The groups with at least `min_residents`, and `max_own_share` at most, in the order of `question`; their numbers
    are places in `groups`.

    `first`: a number for each group, by which they are sorted before everything else.
    """

    def __init__(self, estimates: Estimates, question: Question, *, first: Numbers | None = None) -> None:
        self._estimates = estimates
        self._average = estimates.average
        self._left_out = () if question.with_expected else EXPECTED
        self._names = question.columns
        self._ordering = question.ordering
        self._groups = groups = estimates.groups
        self._first = first
        self._kept = np.flatnonzero(groups.residents >= question.min_residents)
        if question.max_own_share is not None:
            self._kept = self._kept[self._predicted(question.max_own_share)]
        self.count = len(self._kept)

    def page(self, *, limit: int | None = None, offset: int = 0) -> Ints:
        """Gives the numbers of the groups of a page, or of everything from `offset`."""
        stop = self.count if limit is None else min(offset + limit, self.count)
        return self._sorted(self._until(stop))[offset:stop]

    def rows(self, page: Ints) -> list[Row]:
        """Makes the rows of the groups with these numbers."""
        measures = [self._published(name, page) for name in (*MEASURES, "lowest")]
        names, others = (*MEASURES, "lowest"), self._groups.is_other[page].tolist()
        return [
            Row(keys=self._keys(number), is_other=bool(other), **dict(zip(names, measured, strict=True)))
            for number, other, measured in zip(page.tolist(), others, zip(*measures, strict=True), strict=True)
        ]

    def _predicted(self, most: float) -> Flags:
        """Says of those that are kept which have `most` as the share of their own data, as it is shown; nothing is
        expected of what is merged, nor where the average is none."""
        if not self._average:
            return np.zeros(len(self._kept), dtype=bool)
        own = self.measure("own_share", self._kept)
        found: Flags = (own <= most) & (self._groups.is_other[self._kept] == 0)
        return found

    def _keys(self, number: int) -> dict[str, str | None]:
        return {name: column[number] for name, column in zip(self._names, self._groups.keys, strict=True)}

    def _published(self, name: str, page: Ints) -> list[Any]:
        if name in COUNTS:
            counts: list[Any] = getattr(self._groups, name)[page].tolist()
            return counts
        if name in self._left_out or (name != "courses_per_100" and not self._average):
            return [None] * len(page)
        measured: list[Any] = self.measure(name, page).tolist()
        return measured

    def _until(self, stop: int) -> Ints:
        """Finds groups among which the first `stop` ones are, and few more where the first column tells them apart.

        So that of many groups only those near a page are put in order, with their names.
        """
        names = [name for name in self._ordering[:1] if name.removeprefix("-") in SORTABLE]
        if not 0 < stop < self.count or (self._first is None and not names):
            return self._kept
        # What is merged competes with nobody: it comes last, whatever the order.
        column = self._column(names[0], self._kept) if self._first is None else self._first[self._kept]
        if self._first is None:
            column = np.where(self._groups.is_other[self._kept], np.inf, column)
        return self._kept[np.flatnonzero(column <= np.partition(column, stop - 1)[stop - 1])]

    def _sorted(self, among: Ints) -> Ints:
        """Sorts by `first`, what is merged last, by the ordering, then by the keys, then by import."""
        columns: list[Any] = [] if self._first is None else [self._first[among]]
        columns += [self._groups.is_other[among], *(self._column(name, among) for name in self._ordering)]
        columns += [self._positions(name, among) for name in self._names]
        columns += [self._groups.imports[among]]
        # The last column counts first.
        return among[np.lexsort(columns[::-1])]

    def _column(self, name: str, among: Ints) -> Numbers:
        """Gives the numbers by which the ordering `name` sorts, ascending."""
        plain = name.removeprefix("-")
        column = self.measure(plain, among) if plain in SORTABLE else self._positions(plain, among)
        return -column if name.startswith("-") else column

    def _positions(self, name: str, among: Ints) -> Numbers:
        column = self._groups.keys[self._names.index(name)]
        return column.ranks(partial(place_of, name))[among].astype(np.float64)

    def measure(self, name: str, among: Ints) -> Numbers:
        """Measures each group; zeros for an index where the average is none."""
        if name in COUNTS:
            counts: Ints = getattr(self._groups, name)
            return counts[among].astype(np.float64)
        residents, courses = self.measure("residents", among), self.measure("courses", among)
        if name == "courses_per_100":
            return np.round(100 * courses / residents, _DECIMALS)
        if not self._average:
            return np.zeros(len(among))
        if name == "index":
            return np.round(100 * courses / (self._average * residents), _DECIMALS)
        if name == "own_share":
            return np.round(self._estimates.expected.own_share[among], _DECIMALS)
        return np.round(100 * self._estimated(name)[among], _DECIMALS)

    def _estimated(self, name: str) -> Numbers:
        if name.startswith("expected_"):
            return self._estimates.expected.index if name == "expected_index" else self._estimates.expected.low
        if name == "lowest":
            return self._estimates.lowest(looked_at=self.count)
        return self._estimates.ends[0 if name == "index_low" else 1]
