"""For whom they buy: courses from the group of the buyer to the group of the one that they are bought for."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
from django.contrib.auth.models import User

from analytics.arrays import Column, Ints, packed, unpacked_ints
from analytics.courses_between import Between, added_up, between, share_ends
from analytics.dimensions import place_of
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.kept import computed, kept
from analytics.services.asking.questions import Meta, Question
from analytics.services.asking.scopes import scope_of
from analytics.services.deciding.erased import refuse_erased
from analytics.services.deciding.groups import Groups
from analytics.services.deciding.residents import each_delivery
from config.common.db.snapshots import snapshot
from config.common.problems import Forbidden
from config.common.texts import gettext as _

FLOWS = "flows"
FROM, TO = "from_", "to_"
COURSES = "courses"
LARGEST_FLOW = ("-courses",)
Keys = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Flow:
    """Courses that the residents of a group buy for those of another, or of their own.

    `share`: of all that the group buys, with the ends of its 95 % interval.
    """

    buyer: Keys
    recipient: Keys
    courses: int
    share: float
    share_low: float
    share_high: float


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """All flows in the order of the question, the largest first unless it says otherwise.

    `cells` have a value of each column for each flow, and the numbers of its `groups`; `bought` and `of_squares` have
    one for each group. A flow is made of them only where somebody sees it: from 2,000 cities to 2,000 are millions.
    """

    groups: list[Keys]
    cells: Between
    bought: Ints
    of_squares: list[int]
    meta: Meta

    def __len__(self) -> int:
        return len(self.cells.courses)

    def rows(self, places: slice | Ints = slice(None)) -> Iterator[Flow]:
        """Gives the flows at these places, all of them unless some are named."""
        columns = (column[places].tolist() for column in self.cells.columns)
        for buyer, recipient, courses, squares, products in zip(*columns, strict=True):
            of, of_squares = int(self.bought[buyer]), self.of_squares[buyer]
            low, high = share_ends(courses=courses, squares=squares, products=products, of=of, of_squares=of_squares)
            yield Flow(self.groups[buyer], self.groups[recipient], courses, courses / of, low, high)


def find_flows(*, question: Question, actor: User) -> Flows:
    """Answers with the courses from group to group; the filters choose the buyers.

    What a group buys adds up to its courses in demand. Raises `Forbidden` where `actor` may not see residents, for a
    flow is made of pairs of them, and what `find_calendar` raises.
    """
    if is_restricted(actor):
        raise Forbidden(_("For whom residents buy is counted pair by pair: it is for those who may see residents."))
    refuse_erased(question)
    counted = kept(FLOWS, question.of_groups)
    with snapshot():
        meta = scope_of(question).meta(merged=0)
    groups = [dict(zip(question.columns, labels, strict=True)) for labels in counted["groups"]]
    cells = Between(*map(unpacked_ints, counted["cells"]))
    order = _order(cells, groups, question.ordering or LARGEST_FLOW)
    cells = Between(*(column[order] for column in cells.columns))
    bought = np.bincount(cells.buyer, weights=cells.courses, minlength=len(groups)).astype(np.int64)
    return Flows(groups, cells, bought, counted["squares"], meta)


def _order(cells: Between, groups: list[Keys], ordering: Sequence[str]) -> Ints:
    """Finds the order of the cells by the names in `ordering`, and of those that are equal by their keys."""
    ends = {FROM: cells.buyer, TO: cells.recipient}
    keys = [f"{end}{key}" for end in ends for key in (groups[0] if groups else ())]

    def column(name: str) -> Ints:
        sign = -1 if name.startswith("-") else 1
        name = name.removeprefix("-")
        if name == COURSES:
            return sign * cells.courses
        end = FROM if name.startswith(FROM) else TO
        key = name.removeprefix(end)
        return sign * Column.of([group[key] for group in groups]).ranks(partial(place_of, key))[ends[end]]

    # The last of the keys is the first that it sorts by.
    return np.lexsort([column(name) for name in reversed((*ordering, *keys))])


@computed(FLOWS)
def _count(question: Question) -> dict[str, Any]:
    groups = Groups(question)
    parts: list[Between] = []
    squares: defaultdict[int, int] = defaultdict(int)
    for one in each_delivery(question):
        group = groups.of(one)
        # Nobody buys for who is not there.
        chosen = (one.recipient >= 0) & one.matches[one.buyer]
        buyer = one.buyer[chosen]
        parts.append(between(buyer, one.recipient[chosen], group))
        if sum(len(part.courses) for part in parts[1:]) > len(parts[0].courses):
            # Not for each delivery: the sum is sorted each time.
            parts = [added_up(parts)]
        bought = np.bincount(buyer, minlength=len(group))
        for number, square in enumerate(np.bincount(group, weights=bought**2).tolist()):
            squares[number] += int(square)
    labels = groups.labels
    cells = list(map(packed, added_up(parts).columns if parts else [np.zeros(0)] * len(fields(Between))))
    return {"groups": labels, "cells": cells, "squares": [squares[number] for number in range(len(labels))]}
