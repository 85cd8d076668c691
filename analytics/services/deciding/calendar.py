"""When courses are bought: by the month of birth of the one that each is bought for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
from django.contrib.auth.models import User

from analytics.arrays import Column, Ints
from analytics.birth_months import MONTHS, shares, spread
from analytics.courses_between import by_month, squared
from analytics.dimensions import place_of
from analytics.services.asking.find_demand import find_demand, is_restricted
from analytics.services.asking.questions import Meta, Question
from analytics.services.asking.scopes import scope_of
from analytics.services.deciding.drawn_months import DRAWN_MONTHS
from analytics.services.deciding.erased import refuse_erased
from analytics.services.deciding.groups import Groups
from analytics.services.deciding.kept import computed, kept
from analytics.services.deciding.residents import each_delivery
from config.common.db.snapshots import snapshot

CALENDAR = "calendar"
Of = Literal["buyer", "recipient"]
BUYER: Of = "buyer"
RECIPIENT: Of = "recipient"
# What the months of groups are made of.
Basis = Literal["counted", "spread"]


@dataclass(frozen=True, slots=True)
class GroupMonths:
    """A group, its courses and how many of them are of each month, January first. `is_other`: small segments are merged
    in it."""

    keys: dict[str, str | None]
    courses: int
    months: tuple[int, ...]
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class MonthRow:
    """The courses of a group in a month, 1 to 12."""

    keys: dict[str, str | None]
    month: int
    courses: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """All groups, those with the most courses first.

    `months`: `counted`, or `spread` over each group's courses by the months of all residents. `squares`: of the courses
    that are bought for each resident, summed up; 0 where the months are not counted.
    """

    groups: list[GroupMonths]
    months: Basis
    squares: int
    meta: Meta

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.groups) * len(MONTHS)

    def rows(self, question: Question) -> list[MonthRow]:
        """Lists a page of the months of all groups, the groups as they stand unless the question orders otherwise."""
        page = slice(question.offset, None if question.limit is None else question.offset + question.limit)
        return [self._row(number) for number in self._order(question.ordering)[page].tolist()]

    def _order(self, ordering: Sequence[str]) -> Ints:
        """Puts the numbers of the rows in order; small segments that are merged come last in every one."""
        numbers = np.arange(self.count)
        if not ordering:
            return numbers
        is_other = np.array([group.is_other for group in self.groups], dtype=np.int64)
        columns = [is_other[numbers // len(MONTHS)], *map(self._column, ordering)]
        # The last column counts first.
        return np.lexsort(columns[::-1])

    def _column(self, name: str) -> Ints:
        """Gives each row its place by this name, ascending."""
        sign, name = -1 if name.startswith("-") else 1, name.removeprefix("-")
        if name == "month":
            return sign * np.tile(MONTHS, len(self.groups))
        if name == "courses":
            return sign * np.array([group.months for group in self.groups], dtype=np.int64).ravel()
        of_groups = Column.of([group.keys[name] for group in self.groups]).ranks(partial(place_of, name))
        return sign * np.repeat(of_groups, len(MONTHS))

    def _row(self, number: int) -> MonthRow:
        group, month = self.groups[number // len(MONTHS)], number % len(MONTHS)
        return MonthRow(group.keys, month + 1, group.months[month])


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
    groups = [
        GroupMonths(dict(zip(question.columns, labels, strict=True)), sum(months), tuple(months))
        for labels, months in counted["groups"]
    ]
    return Calendar(_largest_first(groups), "counted", counted["squares"], meta)


def _spread(question: Question, actor: User) -> Calendar:
    over = kept(DRAWN_MONTHS, question.of_all)
    demand = find_demand(question=replace(question.of_groups, with_expected=False), actor=actor)
    by_size = _largest_first([GroupMonths(row.keys, row.courses, (), is_other=row.is_other) for row in demand.rows])
    months = spread(
        [group.courses for group in by_size],
        shares(np.array(over["courses"], dtype=np.float64), squares=over["squares"]),
    )
    groups = [replace(group, months=tuple(row)) for group, row in zip(by_size, months.tolist(), strict=True)]
    return Calendar(groups, "spread", 0, demand.meta)


def _largest_first(groups: Sequence[GroupMonths]) -> list[GroupMonths]:
    return sorted(
        groups, key=lambda group: (group.is_other, -group.courses, *(value or "" for value in group.keys.values()))
    )


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
    labels = groups.labels
    return {"groups": [[labels[number], counted[number].tolist()] for number in sorted(present)], "squares": squares}
