"""For whom they buy: courses from the group of the buyer to the group of the one that they are bought for."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib.auth.models import User

from analytics.courses_between import between, share_ends
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.questions import Meta, Question
from analytics.services.asking.scopes import scope_of
from analytics.services.deciding.erased import refuse_erased
from analytics.services.deciding.groups import Groups
from analytics.services.deciding.kept import computed, kept
from analytics.services.deciding.order import ordered
from analytics.services.deciding.residents import each_delivery
from config.common.db.snapshots import snapshot
from config.common.problems import Forbidden
from config.common.texts import gettext as _

FLOWS = "flows"
FROM, TO = "from_", "to_"
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

    def value(self, name: str) -> str | int | None:
        """Gives what one sorts by: `courses`, `from_` or `to_` with a key."""
        if name == "courses":
            return self.courses
        return self.buyer[name.removeprefix(FROM)] if name.startswith(FROM) else self.recipient[name.removeprefix(TO)]


@dataclass(frozen=True, slots=True)
class Flows:
    """All flows in the order of the question, the largest first unless it says otherwise."""

    rows: list[Flow]
    meta: Meta


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
    bought: defaultdict[int, int] = defaultdict(int)
    for buyer, _recipient, courses, *_sums in counted["cells"]:
        bought[buyer] += courses
    rows = [
        _flow(groups, cell, of=bought[cell[0]], of_squares=counted["squares"][str(cell[0])])
        for cell in counted["cells"]
    ]
    rows.sort(key=lambda row: [value or "" for value in (*row.buyer.values(), *row.recipient.values())])
    found = ordered([(False, row) for row in rows], question.ordering or LARGEST_FLOW, value=Flow.value)
    return Flows(found, meta)


def _flow(groups: list[Keys], cell: list[int], *, of: int, of_squares: int) -> Flow:
    buyer, recipient, courses, squares, products = cell
    low, high = share_ends(courses=courses, squares=squares, products=products, of=of, of_squares=of_squares)
    return Flow(groups[buyer], groups[recipient], courses, courses / of, low, high)


@computed(FLOWS)
def _count(question: Question) -> dict[str, Any]:
    groups = Groups(question)
    cells: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    squares: defaultdict[int, int] = defaultdict(int)
    for one in each_delivery(question):
        group = groups.of(one)
        # Nobody buys for who is not there.
        chosen = (one.recipient >= 0) & one.matches[one.buyer]
        buyer = one.buyer[chosen]
        found = between(buyer, one.recipient[chosen], group)
        columns = (found.buyer, found.recipient, found.courses, found.squares, found.products)
        for start, end, *sums in zip(*(column.tolist() for column in columns), strict=True):
            cells[start, end] = [a + b for a, b in zip(cells[start, end], sums, strict=True)]
        bought = np.bincount(buyer, minlength=len(group))
        for start, number in enumerate(np.bincount(group, weights=bought**2).tolist()):
            squares[start] += int(number)
    labels = groups.labels
    return {"groups": labels, "cells": [[*ends, *sums] for ends, sums in cells.items()], "squares": squares}
