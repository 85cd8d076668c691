"""Poisson regression of courses on factors, one of which may have thousands of levels. Knows no database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations_with_replacement

import numpy as np

from analytics.arrays import Flags, Ints, Numbers

# So little is held against an effect that no digit that is shown is another; it keeps finite what no data tell apart.
PENALTY = 1e-6
_ROUNDS, _HALVINGS = 60, 30
_SETTLED = 1e-9
# The level of whoever is compared with: its column is the last one, which is left out.
_NONE = -1


@dataclass(frozen=True, slots=True)
class Cells:
    """Residents and courses of cells, and for each factor the number of the level of each cell, from 0 to one less than
    its number in `sizes`. The first factor may have thousands of levels, the others together some hundreds."""

    residents: Numbers
    courses: Numbers
    levels: tuple[Ints, ...]
    sizes: tuple[int, ...]

    def summed(self, factor: int, values: Numbers) -> Numbers:
        """Adds up values of the cells over each level of a factor."""
        return np.bincount(self.levels[factor], values, self.sizes[factor]).astype(np.float64)

    def chosen(self, which: Flags) -> "Cells":
        """Some of the cells."""
        return Cells(
            self.residents[which],
            self.courses[which],
            tuple(levels[which] for levels in self.levels),
            self.sizes,
        )


@dataclass(frozen=True)
class Fit:
    """What was fitted to `cells`, each level of which has courses, or no cell.

    `logs`: for each factor the logarithm of each level's effect, of which only differences mean anything. `rates`:
    courses of a resident of each cell.
    """

    cells: Cells
    logs: tuple[Numbers, ...]
    rates: Numbers
    columns: "Columns"

    @property
    def fitted(self) -> Numbers:
        """Courses of each cell as they are fitted."""
        return self.cells.residents * self.rates

    @cached_property
    def information(self) -> "Information":
        """What the fitted courses tell of the logarithms."""
        return self.columns.information(self.fitted)


@dataclass(frozen=True)
class Information:
    """Fisher's information by blocks: of the levels of the first factor, which have nothing to do with each other
    (`first`), of the columns of the other factors, `across` both; `rest` is the inverse of what is left of the other
    factors' when the first one is known (I. Schur's complement).

    So no matrix is as large as the first factor.
    """

    first: Numbers
    across: Numbers
    rest: Numbers

    @cached_property
    def shares(self) -> Numbers:
        """How much of each level of the first factor lies in each column."""
        shares: Numbers = self.across / self.first[:, np.newaxis]
        return shares

    def apart(self, base: int) -> Numbers:
        """Gives the variance of each level of the first factor against one of them."""
        beyond = self.shares - self.shares[base]
        variance = 1 / self.first + 1 / self.first[base] + ((beyond @ self.rest) * beyond).sum(axis=1)
        variance[base] = 0
        return np.asarray(variance)

    def solve(self, first: Numbers, others: Numbers) -> tuple[Numbers, Numbers]:
        """Divides a vector by the information."""
        columns = self.rest @ (others - self.shares.T @ first)
        return first / self.first - self.shares @ columns, columns


class Columns:
    """The columns of the design: a level of each factor but the first has one, unless it is the one with the most
    courses, with which the others are compared. Sums over them need no matrix of cells by columns."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.bases = [int(np.argmax(cells.summed(factor, cells.courses))) for factor in range(len(cells.sizes))]
        self.places: list[Ints] = []
        self.count = 0
        for size, base in zip(cells.sizes[1:], self.bases[1:], strict=True):
            rest = np.arange(size) != base
            self.places.append(np.where(rest, self.count + np.cumsum(rest) - 1, _NONE))
            self.count += size - 1
        self.of_cells = [places[levels] for places, levels in zip(self.places, cells.levels[1:], strict=True)]

    def split(self, others: Numbers) -> tuple[Numbers, ...]:
        """Gives what the columns have to the levels of their factors; 0 to the ones that are compared with."""
        padded = np.append(others, 0.0)
        return tuple(padded[places] for places in self.places)

    def summed(self, values: Numbers) -> Numbers:
        """Adds up values of the cells over each column."""
        sums = np.zeros(self.count + 1)
        for column in self.of_cells:
            # The last place takes the number -1.
            sums += np.bincount(np.where(column == _NONE, self.count, column), values, self.count + 1)
        return sums[:-1]

    def across(self, values: Numbers) -> Numbers:
        """Adds up values of the cells over each level of the first factor and each column."""
        found = np.zeros((self._cells.sizes[0], self.count + 1))
        for column in self.of_cells:
            code = self._cells.levels[0] * (self.count + 1) + column % (self.count + 1)
            found += np.bincount(code, values, found.size).reshape(found.shape)
        return found[:, :-1]

    def information(self, fitted: Numbers) -> Information:
        """Finds the information of courses that are `fitted`."""
        first, across, size = self._cells.summed(0, fitted) + PENALTY, self.across(fitted), self.count + 1
        both = np.zeros((size, size))
        for one, other in combinations_with_replacement(self.of_cells, 2):
            sums = np.bincount(one % size * size + other % size, fitted, size * size).reshape(size, size)
            both += sums if one is other else sums + sums.T
        rest = both[:-1, :-1] + PENALTY * np.eye(self.count) - across.T @ (across / first[:, np.newaxis])
        return Information(first, across, np.asarray(np.linalg.inv(rest)))


def fit(cells: Cells) -> Fit:
    """Fits the courses of a resident: the product of an effect of each factor (P. McCullagh, J. A. Nelder, "Generalized
    linear models", 2nd ed., 1989, chapter 6), by Newton's method, which is iteratively reweighted least squares here.

    Where the likelihood has no maximum, as for a city without other channels whose channel nobody else buys through,
    the effects end far away, with hardly any information. Needs courses in each level that has cells.
    """
    columns = Columns(cells)
    totals, people = cells.summed(0, cells.courses), cells.summed(0, cells.residents)
    first = np.log(np.maximum(totals, 1) / np.maximum(people, 1))
    state = _State(cells, columns, first, np.zeros(columns.count))
    for _ in range(_ROUNDS):
        step = columns.information(state.fitted).solve(*state.score())
        state, moved = state.moved(step)
        if moved < _SETTLED:
            break
    return Fit(cells, (state.first, *columns.split(state.others)), state.rates, columns)


@dataclass(frozen=True)
class _State:
    """Logarithms of the effects on the way to the best ones."""

    cells: Cells
    columns: Columns
    first: Numbers
    others: Numbers

    @cached_property
    def rates(self) -> Numbers:
        logs = self.first[self.cells.levels[0]]
        parts: Sequence[Numbers] = self.columns.split(self.others)
        for part, levels in zip(parts, self.cells.levels[1:], strict=True):
            logs = logs + part[levels]
        with np.errstate(over="ignore"):
            return np.exp(logs)

    @property
    def fitted(self) -> Numbers:
        return self.cells.residents * self.rates

    @cached_property
    def likelihood(self) -> float:
        """The logarithm of the likelihood, without what no effect changes, and with the penalty."""
        told = self.cells.courses @ np.log(np.maximum(self.rates, np.finfo(float).tiny)) - self.fitted.sum()
        return float(told - PENALTY / 2 * (self.first @ self.first + self.others @ self.others))

    def score(self) -> tuple[Numbers, Numbers]:
        beyond = self.cells.courses - self.fitted
        first = self.cells.summed(0, beyond) - PENALTY * self.first
        return first, self.columns.summed(beyond) - PENALTY * self.others

    def moved(self, step: tuple[Numbers, Numbers]) -> "tuple[_State, float]":
        """Goes a step, or a part of it that is no step back; and how far."""
        longest = max(float(np.abs(part).max(initial=0)) for part in step)
        part = 1.0
        for _ in range(_HALVINGS):
            there = replace(self, first=self.first + part * step[0], others=self.others + part * step[1])
            if there.likelihood >= self.likelihood - _SETTLED * max(abs(self.likelihood), 1):
                return there, part * longest
            part /= 2
        return self, 0.0
