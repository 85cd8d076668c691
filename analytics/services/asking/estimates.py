"""What the index of groups rests on: its interval, and what is expected of their residents."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.arrays import Column, Ints, Numbers, combined
from analytics.expectation import Expected, Model, expected_index, model_rates
from analytics.intervals import (
    GroupSums,
    Precision,
    Whole,
    dispersion_of_all,
    interval,
    lowest_of_all,
    pooled_precision,
    precision,
    variance_of_courses,
    variance_of_sum,
)
from analytics.perturbation import noise_of_index
from analytics.services.asking.read_groups import Groups
from analytics.services.asking.read_spread import Spread

# The keys of the model of what is expected.
FACTORS = ("city", "age_group", "channel")


@dataclass(frozen=True)
class Estimates:
    """Measures of `groups`, whose keys are `names`, by whole columns.

    `of_all`: whom the index compares with; None: the groups themselves. `cells`: the same residents by finer keys,
    `cell_names`, of which the model is made; None: the groups themselves, as for callers who may not see residents, so
    that nothing is made of what these may not see. For them every group has the same `dispersion`, variance by course,
    and residents that are perturbed by `noise`, the variance of one's courses.
    """

    groups: Groups
    names: Sequence[str]
    of_all: Groups | None
    cells: Groups | None
    cell_names: Sequence[str]
    dispersion: float = 1.0
    noise: float | None = None

    @property
    def size(self) -> int:
        """How many groups, and cells of the model, are in memory with it."""
        return len(self.groups.residents) + (0 if self.cells is None else len(self.cells.residents))

    @property
    def _base(self) -> Groups:
        return self.groups if self.of_all is None else self.of_all

    @cached_property
    def average(self) -> float:
        """Courses of one resident on average over all of them, so that large groups weigh more."""
        base = self._base
        residents, courses = base.residents.sum(), base.courses.sum()
        return float(courses / residents) if residents else 0.0

    @cached_property
    def ends(self) -> tuple[Numbers, Numbers]:
        """The ends of the interval of each index, as ratios to the average."""
        return interval(self._precision)

    @property
    def variance(self) -> Numbers:
        """The variance of the courses of each group."""
        groups = self.groups
        if groups.spread is not None:
            return variance_of_courses(self._sums(groups, groups.spread))
        courses = groups.courses.astype(np.float64)
        return self.dispersion * courses + self.noise_of(groups.residents.astype(np.float64)) * courses**2

    def lowest(self, *, looked_at: int) -> Numbers:
        """The lower ends that hold for all groups that were looked at together."""
        return lowest_of_all(self._precision, looked_at=looked_at)

    @cached_property
    def expected(self) -> Expected:
        """What is expected of each group, by its own residents and by the model."""
        return expected_index(self._precision, self.model)

    @cached_property
    def _precision(self) -> Precision:
        return self._of(self.groups)

    def _of(self, groups: Groups) -> Precision:
        residents, courses = groups.residents.astype(np.float64), groups.courses.astype(np.float64)
        whole = self._whole
        if groups.spread is None:
            return pooled_precision(
                residents, courses, whole, dispersion=self.dispersion, noise=self.noise_of(residents)
            )
        return precision(self._sums(groups, groups.spread), whole)

    def _sums(self, groups: Groups, spread: Spread) -> GroupSums:
        residents, courses = groups.residents.astype(np.float64), groups.courses.astype(np.float64)
        # Whoever compares with all looks at a part of it: what reaches others is taken for as strong as what does not.
        reaching = spread.reaching if self.of_all is None else spread.inside
        return GroupSums(residents, courses, spread.squares, spread.inside, reaching)

    def noise_of(self, residents: Numbers) -> Numbers:
        """Gives the variance that perturbed residents add to the index of so many, relative to its square."""
        if self.noise is None:
            return np.zeros(len(residents))
        return noise_of_index(residents, mean=self.average, spread=self.noise)

    @cached_property
    def _whole(self) -> Whole:
        groups = self._base
        residents, courses = float(groups.residents.sum()), float(groups.courses.sum())
        if groups.spread is None:
            return Whole(residents, courses, self.dispersion * courses)
        pairs = groups.spread.reaching.total()
        squares = float(groups.spread.squares.sum())
        sums = GroupSums(np.array([residents]), np.array([courses]), np.array([squares]), pairs, pairs)
        return Whole(residents, courses, float(variance_of_sum(sums)[0]))

    @cached_property
    def model(self) -> Model:
        """What the model has for each group, a ratio to the average; 1 for what is merged."""
        cells = self.groups if self.cells is None else self.cells
        residents, courses = cells.residents.astype(np.float64), cells.courses.astype(np.float64)
        known = cells.is_other == 0
        factors = [_numbered(cells, self.cell_names, key)[known] for key in FACTORS if key in self.cell_names]
        model = Model(np.full(len(residents), self.average), np.zeros(len(residents)))
        if known.any() and factors:
            # No less than Poisson's: of a group that is nearly all there is the index is sure, and its courses are not.
            dispersion = dispersion_of_all(courses[known], self._of(cells).events[known])
            found = model_rates(residents[known], courses[known], factors, dispersion=dispersion)
            model.rates[known], model.variance[known] = found.rates, found.variance
        if self.cells is None:
            return Model(model.rates / self.average, model.variance)
        of_group, groups = self._groups_of_cells(self.cells), len(self.groups.residents)
        foreseen = np.bincount(of_group, residents * model.rates, groups).astype(np.float64)
        # As if the cells of a group were off together, which errs on the careful side.
        off = np.bincount(of_group, residents * model.rates * model.variance, groups) / np.maximum(foreseen, 1)
        return Model(foreseen / self.groups.residents / self.average, off)

    def _groups_of_cells(self, cells: Groups) -> Ints:
        own = zip(self.names, self.groups.keys, strict=True)
        both = [Column.joined([column, cells.keys[self.cell_names.index(name)]]).numbers for name, column in own]
        groups = len(self.groups.residents)
        numbers = combined(both, rows=groups + len(cells.residents))
        places = np.empty(groups, dtype=np.int64)
        places[numbers[:groups]] = range(groups)
        return places[numbers[groups:]]


def _numbered(groups: Groups, names: Sequence[str], key: str) -> Ints:
    """Numbers the level of a factor that each group has; a city is its name and country."""
    columns = [groups.keys[names.index(name)].numbers for name in (("country", key) if key == "city" else (key,))]
    return combined(columns, rows=len(groups.residents))
