"""When courses are bought: by the month of birth of the one that each is bought for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
from django.contrib.auth.models import User

from analytics.arrays import Column, Flags, Ints, packed, unpacked_ints
from analytics.birth_months import MONTHS, shares, spread
from analytics.courses_between import by_month, squared
from analytics.dimensions import place_of
from analytics.services.asking.find_demand import find_demand, is_restricted
from analytics.services.asking.kept import computed, kept
from analytics.services.asking.questions import Meta, Question
from analytics.services.asking.scopes import scope_of
from analytics.services.deciding.drawn_months import DRAWN_MONTHS
from analytics.services.deciding.erased import refuse_erased
from analytics.services.deciding.groups import Groups
from analytics.services.deciding.residents import each_delivery
from config.common.db.snapshots import snapshot

CALENDAR = "calendar"
Of = Literal["buyer", "recipient"]
BUYER: Of = "buyer"
RECIPIENT: Of = "recipient"
Keys = dict[str, str | None]
# What the months of groups are made of.
Basis = Literal["counted", "spread"]


@dataclass(frozen=True, slots=True)
class GroupMonths:
    """A group, its courses and how many of them are of each month, January first. `is_other`: small segments are merged
    in it."""

    keys: Keys
    courses: int
    months: tuple[int, ...]
    is_other: bool


@dataclass(frozen=True, slots=True)
class MonthRow:
    """The courses of a group in a month, 1 to 12."""

    keys: Keys
    month: int
    courses: int


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """All groups, those with the most courses first, and those where small segments are merged last.

    `keys`: a column for each of `names`; `courses`: a row of twelve months for each group. `months`: these are
    `counted`, or `spread` over each group's courses by the months of all residents. `squares`: of the courses that are
    bought for each resident, summed up; 0 where the months are not counted.
    """

    names: tuple[str, ...]
    keys: tuple[Column[str | None], ...]
    is_other: Flags
    courses: Ints
    months: Basis
    squares: int
    meta: Meta

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.courses.size

    @property
    def groups(self) -> list[GroupMonths]:
        """The groups one by one."""
        rows = zip(self.courses.tolist(), self.is_other.tolist(), strict=True)
        return [
            GroupMonths(self._keys(number), sum(months), tuple(months), is_other)
            for number, (months, is_other) in enumerate(rows)
        ]

    def rows(self, question: Question) -> list[MonthRow]:
        """Lists a page of the months of all groups, the groups as they stand unless the question orders otherwise."""
        page = slice(question.offset, None if question.limit is None else question.offset + question.limit)
        return [self._row(number) for number in self._order(question.ordering)[page].tolist()]

    def _order(self, ordering: Sequence[str]) -> Ints:
        """Puts the numbers of the rows in order; small segments that are merged come last in every one."""
        if not ordering:
            return np.arange(self.count)
        columns = [np.repeat(self.is_other, len(MONTHS)), *map(self._column, ordering)]
        # The last column counts first.
        return np.lexsort(columns[::-1])

    def _column(self, name: str) -> Ints:
        """Gives each row its place by this name, ascending."""
        sign, name = -1 if name.startswith("-") else 1, name.removeprefix("-")
        if name == "month":
            return sign * np.tile(MONTHS, len(self.courses))
        if name == "courses":
            return sign * self.courses.ravel()
        ranks = self.keys[self.names.index(name)].ranks(partial(place_of, name))
        return sign * np.repeat(ranks, len(MONTHS))

    def _row(self, number: int) -> MonthRow:
        group, month = divmod(number, len(MONTHS))
        return MonthRow(self._keys(group), month + 1, int(self.courses[group, month]))

    def _keys(self, group: int) -> Keys:
        return {name: column[group] for name, column in zip(self.names, self.keys, strict=True)}


def find_calendar(*, question: Question, of: Of, actor: User) -> Calendar:
    """Answers with the courses by month and by group of the buyer, or of the one that they are bought for.

    The filters choose the buyers, or with `of` the others, and the months of a group add up to its courses in demand.
    Where `actor` may not see residents the groups are those of demand, and each has the months of all residents:
    `analytics.birth_months`. Raises `NotCountedYet`, `UnknownImport`, `StillCounting`, and `Gone` for an erased import.
    """
    refuse_erased(question)
    if is_restricted(actor):
        return _spread(question, actor)
    counted = kept(CALENDAR, question.of_groups, of=of)
    with snapshot():
        meta = scope_of(question).meta(merged=0)
    keys = tuple(Column(values, unpacked_ints(numbers)) for values, numbers in counted["keys"])
    months = unpacked_ints(counted["months"]).reshape(-1, len(MONTHS))
    is_other = np.zeros(len(months), dtype=np.bool_)
    order = _largest_first(question.columns, keys, is_other, months.sum(axis=1))
    keys = tuple(column.taken(order) for column in keys)
    return Calendar(question.columns, keys, is_other, months[order], "counted", counted["squares"], meta)


def _spread(question: Question, actor: User) -> Calendar:
    over = kept(DRAWN_MONTHS, question.of_all)
    demand = find_demand(question=replace(question.of_groups, with_expected=False), actor=actor)
    names, rows = question.columns, demand.rows
    keys = tuple(Column.of([row.keys[name] for row in rows]) for name in names)
    is_other = np.array([row.is_other for row in rows], dtype=np.bool_)
    courses = np.array([row.courses for row in rows], dtype=np.int64)
    order = _largest_first(names, keys, is_other, courses)
    months = spread(
        courses[order].tolist(), shares(np.array(over["courses"], dtype=np.float64), squares=over["squares"])
    )
    keys = tuple(column.taken(order) for column in keys)
    return Calendar(names, keys, is_other[order], months, "spread", 0, demand.meta)


def _largest_first(names: Sequence[str], keys: Sequence[Column[str | None]], is_other: Flags, courses: Ints) -> Ints:
    """Finds the order of groups: the most courses first, what is merged last, equal ones by their keys."""
    ranks = [column.ranks(partial(place_of, name)) for name, column in zip(names, keys, strict=True)]
    # The last column counts first.
    return np.lexsort([*ranks[::-1], -courses, is_other])


@computed(CALENDAR)
def _count(question: Question, *, of: Of) -> dict[str, Any]:
    groups, counted, squares = Groups(question), np.zeros((0, len(MONTHS)), dtype=np.int64), 0
    present: set[int] = set()
    for one in each_delivery(question):
        group = groups.of(one)
        present.update(np.unique(group[one.matches]).tolist())
        whose = one.buyer if of == BUYER else one.recipient
        # Nobody buys for who is not there.
        chosen = (one.recipient >= 0) & one.matches[whose]
        recipient = one.recipient[chosen]
        months = by_month(group[whose[chosen]], one.month[recipient], count=len(groups.labels))
        months[: len(counted)] += counted
        counted = months
        squares += squared(recipient)
    labels, numbers = groups.labels, np.array(sorted(present), dtype=np.int64)
    keys = (Column.of([labels[number][place] for number in numbers.tolist()]) for place in range(len(question.columns)))
    return {
        "keys": [[column.values, packed(column.numbers)] for column in keys],
        "months": packed(counted[numbers].ravel()),
        "squares": squares,
    }
