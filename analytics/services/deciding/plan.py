"""What a budget buys: which segments to advertise to, in which order, and what that is expected to bring."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.contrib.auth.models import User

from analytics.allocation import Allocation, Offers, allocate, courses_of_budgets
from analytics.arrays import Numbers
from analytics.models.plans import EVERY_OTHER
from analytics.services.asking.channels import Channels, channels_of
from analytics.services.asking.estimates import Estimates
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.questions import SOURCE, Meta, Question, Row
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_estimates import read_estimates
from analytics.services.asking.scopes import scope_of
from analytics.services.counting.count_if_new import count_if_new
from analytics.services.deciding.costs import costs_by_fold, costs_that_are_set, fold_of
from config.common.db.snapshots import snapshot
from config.common.http.documents import pointer_to
from config.common.problems import FieldError, InvalidInput
from config.common.spellings import fold
from config.common.texts import gettext as _

# By what segments of the same worth by cost are ordered; then by their keys.
_ORDERING = ("-expected_index",)
_THOUSAND = 1000
# The columns of a segment of a plan, behind its keys.
_OF_ROW = ("residents", "expected_index", "own_share")
_BOUGHT = ("cost_per_thousand", "reached", "spend", "expected_courses", "expected_low", "expected_high")
FIGURES = (*_OF_ROW, *_BOUGHT)
# Points of the curve, from no money to twice the budget, beside the budget itself.
_POINTS = 24


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What is asked: `money` to spend on the segments of `question`, by each of which no more than `max_share` of its
    residents is reached. `costs`: of 1,000 residents by the name of a channel, `*` for all others; None: those that
    staff set."""

    money: float
    question: Question
    max_share: float = 1.0
    costs: Mapping[str, float] | None = None

    @property
    def body(self) -> dict[str, Any]:
        """Writes it as the body of a request."""
        question = self.question
        filters = {key: list(chosen) for key, chosen in question.filters.items()}
        filters |= {SOURCE: list(question.sources)} if question.sources else {}
        return {
            "budget": self.money,
            "max_share": self.max_share,
            "min_residents": question.min_residents,
            "group_by": list(question.group_by),
            "filters": filters | ({} if question.import_id is None else {"import_id": question.import_id}),
        } | ({} if self.costs is None else {"cost_per_thousand": dict(self.costs)})


@dataclass(frozen=True, slots=True)
class Bought:
    """A segment and what is bought of it: residents `reached`, money, and expected courses with the ends of their 95 %
    interval."""

    row: Row
    cost_per_thousand: float
    reached: float
    spend: float
    expected_courses: float
    expected_low: float
    expected_high: float

    @property
    def written(self) -> dict[str, Any]:
        """Writes it as JSON: its keys, what such residents can be expected to show, and what is bought."""
        of_row = {name: getattr(self.row, name) for name in _OF_ROW}
        return {**self.row.keys, **of_row, **{name: getattr(self, name) for name in _BOUGHT}}


@dataclass(frozen=True, slots=True)
class Planned:
    """The segments in the order to buy. `marginal_return`: courses of the next unit of money, 0 where nothing is left
    to buy. `courses_per_resident`: the mean of all rows that match. `costs`: those that held. `curve`: budgets, and the
    most courses that each buys."""

    segments: list[Bought]
    marginal_return: float
    courses_per_resident: float
    costs: Mapping[str, float]
    curve: list[tuple[float, float]]
    meta: Meta

    @property
    def total(self) -> dict[str, float]:
        """Sums up. The ends of the interval are sums too, as if all segments were off together, which errs on the
        careful side: effects of a city or a channel are in many of them."""
        sums = {name: math.fsum(getattr(one, name) for one in self.segments) for name in _BOUGHT[1:]}
        return {"segments": len(self.segments), "residents": sum(one.row.residents for one in self.segments), **sums}

    @property
    def answer(self) -> dict[str, Any]:
        """Writes it as JSON."""
        return {
            "segments": [one.written for one in self.segments],
            "total": self.total,
            "marginal_return": self.marginal_return,
            "courses_per_resident": self.courses_per_resident,
            "cost_per_thousand": dict(self.costs),
        }


def make_plan(*, budget: Budget, actor: User) -> Planned:
    """Answers with the plan of the most expected courses, of what `actor` may see: what is merged is not for sale.

    Raises `InvalidInput` with a pointer to each channel that is unknown or named twice among `costs`, and to each that
    has no cost; `UnknownImport` and `StillCounting` as `find_demand` does.
    """
    return _planned(budget, restricted=is_restricted(actor), is_checked=True)


def make_published_plan(*, budget: Budget) -> Planned:
    """Answers with the plan of what everybody may see, for a `budget` that was answered for somebody already."""
    return _planned(budget, restricted=True, is_checked=False)


def _planned(budget: Budget, *, restricted: bool, is_checked: bool) -> Planned:
    question = replace(budget.question, ordering=_ORDERING)
    count_if_new(question.import_id)
    with snapshot():
        scope = scope_of(question)
        estimates = read_estimates(question, scope, restricted=restricted)
        meta = scope.meta(merged=estimates.groups.merged)
        channels = channels_of(question)
        known = _known_channels(question, restricted=restricted) if is_checked and budget.costs else set[str]()
        costs = costs_that_are_set() if budget.costs is None else budget.costs
        by_fold = costs_by_fold(costs, channels)
    market = _Market(estimates, question, by_fold)
    if is_checked:
        _check_names(budget.costs or {}, channels, {*known, *map(fold, market.channels)})
        _check_costs(market.channels, by_fold)
    return market.planned(budget, costs, meta)


class _Market:
    """The segments that are for sale: with a name, and as many residents as were asked for."""

    def __init__(self, estimates: Estimates, question: Question, costs: Mapping[str, float]) -> None:
        self._estimates = estimates
        self._ranking = Ranking(estimates, question)
        found = self._ranking.page()
        found = found[estimates.groups.is_other[found] == 0]
        names = estimates.groups.keys[question.columns.index("channel")]
        labels = [names[number] or "" for number in found.tolist()]
        self.channels = list(dict.fromkeys(labels))
        prices = {name: costs.get(fold(name), costs.get(EVERY_OTHER, np.inf)) for name in self.channels}
        price = np.array([prices[name] for name in labels], dtype=np.float64)
        worth = estimates.average * self._ranking.measure("expected_index", found) / 100
        # Of published figures a channel may have a segment of which the answer of all residents has none, and no cost.
        sold = (worth > 0) & np.isfinite(price)
        self._places, self._price, self._worth = found[sold], price[sold], worth[sold]

    def planned(self, budget: Budget, costs: Mapping[str, float], meta: Meta) -> Planned:
        """Spends the budget."""
        most = self._estimates.groups.residents[self._places] * budget.max_share
        offers = Offers(self._worth, self._price / _THOUSAND, most)
        bought = allocate(offers, budget=budget.money)
        # Beyond all that can be bought there is nothing to see.
        highest = min(2 * budget.money or np.inf, (most * offers.cost).sum())
        budgets = np.union1d(np.linspace(0, highest, _POINTS), [min(budget.money, highest)])
        curve = zip(budgets.tolist(), courses_of_budgets(offers, budgets).tolist(), strict=True)
        return Planned(
            segments=self._segments(bought),
            marginal_return=bought.marginal_return,
            courses_per_resident=self._estimates.average,
            costs=costs,
            curve=list(curve),
            meta=meta,
        )

    def _segments(self, bought: Allocation) -> list[Bought]:
        chosen, reached = self._places[bought.places], bought.reached
        price = self._price[bought.places]
        columns = (price, reached, reached * price / _THOUSAND, reached * self._worth[bought.places])
        ends = [reached * self._estimates.average * end[chosen] for end in self._ends()]
        figures = zip(*(column.tolist() for column in (*columns, *ends)), strict=True)
        return [Bought(row, *one) for row, one in zip(self._ranking.rows(chosen), figures, strict=True)]

    def _ends(self) -> tuple[Numbers, Numbers]:
        # Without any courses nothing is expected, and nothing bought.
        return self._estimates.expected.ends if self._estimates.average else (self._worth, self._worth)


def _known_channels(question: Question, *, restricted: bool) -> set[str]:
    """Gives the folds of the channels that the caller can see in what is asked, or in the current picture."""
    known: set[str] = set()
    for one in dict.fromkeys((question.of_all, Question())):
        asked = replace(one, group_by=("channel",), with_expected=False)
        groups = read_estimates(asked, scope_of(asked), restricted=restricted).groups
        named = zip(groups.keys[0], groups.is_other.tolist(), strict=True)
        known |= {fold(name or "") for name, is_other in named if not is_other}
    return known


def _check_names(costs: Mapping[str, float], channels: Channels, known: set[str]) -> None:
    known = {EVERY_OTHER, *known, *channels.names}
    errors, named = [], set[str]()
    for name in costs:
        meant = fold_of(name, channels)
        if meant not in known:
            errors.append(FieldError(_pointer(name), "unknown_channel", _("There is no such channel.")))
        elif meant in named:
            errors.append(FieldError(_pointer(name), "repeated", _("This channel is named twice.")))
        named.add(meant)
    if errors:
        raise InvalidInput(_("The costs are not valid."), errors=errors)


def _check_costs(channels: Sequence[str], costs: Mapping[str, float]) -> None:
    lacking = [] if EVERY_OTHER in costs else [name for name in sorted(channels) if fold(name) not in costs]
    if lacking:
        told = _("It is not known what this channel costs.")
        raise InvalidInput(
            _("Some channels have no cost. Name it, or one for all others as `*`."),
            errors=[FieldError(_pointer(name), "required", told) for name in lacking],
        )


def _pointer(channel: str) -> str:
    return pointer_to("cost_per_thousand", channel)
