"""A Viewer who keeps every answer, knows the method, and works with what was kept.

Asked are all sets of keys. Answers with filters are sums of the same figures: a filtered row is a row of the finer set,
and a filtered `other` the cell of the filter without its named rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

from analytics.dimensions import BITS, DIMENSIONS, GROUPINGS
from analytics.models import ImportDemand, PublishedPlace
from analytics.services.asking.questions import Question
from analytics.services.asking.read_groups import read_groups
from analytics.services.asking.scopes import scope_of, scope_of_trend
from analytics.services.counting.settings import counting
from config.common.spellings import fold
from imports.models import Citizen, Import
from tests.analytics.naive import group_of

# A set of keys, and their values.
Cell = tuple[int, tuple[Any, ...]]
Counts = tuple[int, int, int]
Answers = dict[Cell, Counts]
# Between ends that are less apart lies one whole number at most.
ONE = 1 - 1e-6
# Of each resident the finest cell, and the courses.
Truth = dict[int, tuple[tuple[Any, ...], int]]


@dataclass(frozen=True)
class Kept:
    """The answers of one moment about one delivery; the number of residents is known exactly, from `GET /imports`."""

    answers: Answers
    is_exact: bool
    residents: int
    truth: Truth


def keys_of(grouping: int) -> tuple[str, ...]:
    return tuple(key for key in DIMENSIONS if grouping & BITS[key])


def ask(import_id: int) -> Kept:
    """All answers about the current picture, which is this delivery."""
    answers: Answers = {}
    for grouping in GROUPINGS:
        question = Question(group_by=keys_of(grouping))
        answers |= _named(grouping, read_groups(question, scope_of(question), restricted=True))
    return _kept(import_id, answers)


def ask_for_trend(import_id: int) -> Kept:
    """All answers about this delivery at its date."""
    answers: Answers = {}
    for grouping in GROUPINGS:
        if not grouping & BITS["age_group"]:
            question = Question(group_by=keys_of(grouping))
            groups = read_groups(question, scope_of_trend(question), restricted=True, by_import=True)
            answers |= _named(grouping, groups, import_id)
    return _kept(import_id, answers)


def _kept(import_id: int, answers: Answers) -> Kept:
    demand = ImportDemand.objects.get(pk=import_id)
    citizens = Import.objects.get(pk=import_id).citizen_count
    assert citizens is not None
    return Kept(answers, demand.drawn_at == 0, citizens, _truth(import_id))


def _named(grouping: int, groups: Any, import_id: int = 0) -> Answers:
    """The named rows; texts are folded, so that a spelling does not matter."""
    rows = zip(*groups.keys, strict=True) if groups.keys else [()] * len(groups.residents)
    counts = zip(groups.residents.tolist(), groups.courses.tolist(), groups.buyers.tolist(), strict=True)
    other, imports = groups.is_other.tolist(), groups.imports.tolist()
    return {
        (grouping, tuple(value and fold(value) for value in row)): found
        for row, found, merged, of in zip(rows, counts, other, imports, strict=True)
        if not merged and of in (0, import_id)
    }


def _truth(import_id: int) -> Truth:
    places = {row[0]: row[1:] for row in PublishedPlace.objects.values_list("town", "country", "city")}
    groups, day = counting().age_groups, ImportDemand.objects.get(pk=import_id).as_of
    found = {}
    for one in Citizen.objects.of(import_id):
        town = fold(one.town)
        country, city = places[town]
        age = groups.labels[group_of(one.birth_date, day, groups)]
        cell = (country.casefold() or None, fold(city) or town, town, age, fold(one.channel), one.gender)
        found[one.citizen_id] = (cell, len(one.relatives) + len(one.friends))
    return found


@cache
def within(finest: tuple[Any, ...], grouping: int) -> Cell:
    return grouping, tuple(value for value, bit in zip(finest, BITS.values(), strict=True) if grouping & bit)


def changes(before: Truth, after: Truth) -> dict[Cell, dict[int, int]]:
    """Of each cell the residents who came, went, or have another number, and by how many courses it changes by them."""
    found: dict[Cell, dict[int, int]] = {}
    for resident in before.keys() | after.keys():
        for truth, other, sign in ((before, after, -1), (after, before, 1)):
            if resident in truth and truth[resident] != other.get(resident):
                finest, courses = truth[resident]
                for grouping in GROUPINGS:
                    moved = found.setdefault(within(finest, grouping), {})
                    moved[resident] = moved.get(resident, 0) + sign * courses
    return found


def claims(before: Kept, after: Kept) -> Iterator[tuple[Cell, int]]:
    """The plain attack: a cell that differs by one resident at most has one who changed, by so many courses."""
    for cell in before.answers.keys() & after.answers.keys():
        residents, courses, buyers = (b - a for a, b in zip(before.answers[cell], after.answers[cell], strict=True))
        if abs(residents) <= 1 and (residents or courses or buyers):
            yield cell, courses


def right_claims(before: Kept, after: Kept) -> tuple[int, int]:
    """How many claims there are, and how many of them are right."""
    moved, found = changes(before.truth, after.truth), list(claims(before, after))
    return len(found), sum(list(moved.get(cell, {}).values()) == [courses] for cell, courses in found)


class Bounds:
    """What follows from the answers by linear bounds.

    Unknown are the residents, or the courses, of each finest cell. He is given more than he has: which of them there
    are. `place`: 0 for residents, 1 for courses.
    """

    def __init__(self, kept: Kept, *, place: int, small: int) -> None:
        self.cells = sorted({finest for finest, _ in kept.truth.values()}, key=str)
        self._inside: dict[Cell, list[int]] = {}
        for number, finest in enumerate(self.cells):
            for grouping in GROUPINGS:
                self._inside.setdefault(within(finest, grouping), []).append(number)
        found = {cell: counts[place] for cell, counts in kept.answers.items() if cell in self._inside}
        self._rows, values = self._matrix(list(found)), np.array(list(found.values()), dtype=np.float64)
        if kept.is_exact:
            self._low = self._high = values
        else:
            # Nobody counts more than twice; what is shown as the least may be anything.
            self._low, self._high = np.where(values > small, np.ceil(values / 2), 0), np.full(len(values), np.inf)
        if place == 0:
            self._rows = vstack([self._rows, csr_matrix(np.ones(len(self.cells)))])
            self._low, self._high = (np.append(ends, kept.residents) for ends in (self._low, self._high))

    def least(self, cell: Cell) -> float:
        """The fewest that the cell can have."""
        return self._optimum(cell, 1)

    def most(self, cell: Cell) -> float:
        """The most that the cell can have."""
        # Lower bounds alone leave everything open.
        return -self._optimum(cell, -1) if (self._low == self._high).any() else np.inf

    def determines(self, cell: Cell) -> bool:
        """Whether one whole number is left."""
        most = self.most(cell)
        return most < np.inf and most - self.least(cell) < ONE

    def _optimum(self, cell: Cell, sign: int) -> float:
        target = np.zeros(len(self.cells))
        target[self._inside[cell]] = sign
        is_exact = self._low == self._high
        found = linprog(
            target,
            A_eq=self._rows[is_exact], b_eq=self._low[is_exact],
            A_ub=-self._rows[~is_exact], b_ub=-self._low[~is_exact],
            method="highs",
        )  # fmt: skip
        # 3: it has no bound.
        assert found.status in (0, 3), found.message
        return float(found.fun) if found.status == 0 else -np.inf

    def _matrix(self, cells: list[Cell]) -> Any:
        inside = [self._inside[cell] for cell in cells]
        ends = np.cumsum([0, *map(len, inside)])
        columns = np.array([number for some in inside for number in some], dtype=np.int64)
        return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(cells), len(self.cells)))
