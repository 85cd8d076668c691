"""What does the budget buy: a form, the segments to buy with their pictures, and the segments that are predicted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import User
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.models.plans import EVERY_OTHER, LONGEST_NAME
from analytics.pages import labels
from analytics.pages.charts import Chart
from analytics.pages.decisions.plan_tables import (
    by_channel,
    channels_table,
    curve_table,
    downloads_of,
    money,
    predicted_table,
    segments_table,
)
from analytics.pages.filters import DIMENSIONS, FILTERED, Filters
from analytics.pages.report.parts import Part
from analytics.pages.tables import Table
from analytics.services.asking.channels import channels_of
from analytics.services.asking.find_demand import find_demand, is_restricted
from analytics.services.asking.questions import Question
from analytics.services.deciding.costs import costs_by_fold, costs_that_are_set
from analytics.services.deciding.plan import FIGURES, Budget, Planned, make_plan
from config.common.problems import InvalidInput
from config.common.spellings import fold
from config.common.tabular.workbook import Sheet

LABEL = gettext_lazy("What does the budget buy?")
# By what segments are bought: the finest is merged for the most part for those who may not see residents.
GROUPINGS = {
    "city,age_group,channel": gettext_lazy("city, age and channel"),
    "city,channel": gettext_lazy("city and channel"),
    "age_group,channel": gettext_lazy("age and channel"),
    "channel": gettext_lazy("channel"),
}
PARAMETERS = ("budget", "reach", "plan_by", "cost_of", "cost")
# Lines of the form, and of the table on paper.
_CHANNELS, _ON_PAPER = 15, 8
# Amounts on the axis of a chart have a fraction below that.
_WITHOUT_FRACTION = 100


@dataclass(frozen=True, slots=True)
class Cost:
    """A channel, what it is called, and what 1,000 residents cost, as a form has it; empty: nobody said."""

    channel: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Result:
    """The plan as the page shows it; `query`: its address, to keep it by."""

    words: list[str]
    segments: Table
    channels: Chart
    curve: Chart
    query: str


def section(filters: Filters, actor: User) -> dict[str, Any]:
    """Gives the form, the plan where a budget is there, and the segments that are predicted."""
    by = grouping(filters, actor)
    context = {
        "budget": _typed(filters.budget),
        "reach": filters.reach,
        "min_residents": filters.min_residents or "",
        "by": by,
        "groupings": GROUPINGS.items(),
        "costs": _costs(filters, actor),
        "hidden": filters.kept(*DIMENSIONS, "measure", "by", "ask"),
        "predicted": predicted_table(filters, actor, by),
        "longest_name": LONGEST_NAME,
    }
    if filters.budget is None:
        return context
    try:
        planned = make_plan(budget=budget_of(filters, actor), actor=actor)
    except InvalidInput as refusal:
        named = [f"{error.pointer.rpartition('/')[2]}: {error.detail}" for error in refusal.errors]
        return {**context, "refusal": refusal.detail, "errors": named}
    return {**context, "result": _result(planned, filters, by)}


def report(filters: Filters, actor: User) -> Part | None:
    """Gives what the budget in the address buys, the first segments on paper; nothing without a budget."""
    if filters.budget is None:
        return None
    budget = budget_of(filters, actor)
    planned = make_plan(budget=budget, actor=actor)
    segments, header = planned.answer["segments"], (*budget.question.columns, *FIGURES)
    result = _result(planned, filters, grouping(filters, actor))
    rows = result.segments.rows[:_ON_PAPER]
    table = replace(result.segments, rows=rows, note=labels.first_of(len(rows), len(segments)))
    sheet = Sheet("plan", header, [[one[name] for name in header] for one in segments])
    return Part(str(LABEL), result.words, Chart("plan", result.channels.data, table), sheet, with_table=True)


def grouping(filters: Filters, actor: User) -> str:
    """Gives the keys of the segments, with commas between."""
    return filters.plan_by or ("city,channel" if is_restricted(actor) else "city,age_group,channel")


def filters_of(body: Mapping[str, Any]) -> Filters | None:
    """Gives the address by which the page makes a plan that was kept; None where it is of a delivery, or of keys, that
    the page does not ask for."""
    by, chosen = ",".join(body["group_by"]), dict(body["filters"])
    if by not in GROUPINGS or "import_id" in chosen:
        return None
    costs = body["cost_per_thousand"]
    filters: dict[str, Any] = {key: tuple(values) for key, values in chosen.items()}
    return Filters(
        ask="plan",
        budget=body["budget"],
        reach=max(1, round(100 * body["max_share"])),
        min_residents=body["min_residents"],
        plan_by=by,
        cost_of=tuple(costs),
        cost=tuple(costs.values()),
        **filters,
    )


def budget_of(filters: Filters, actor: User) -> Budget:
    """Gives the budget that the page's address asks for."""
    chosen = {name: getattr(filters, key) for key, name in FILTERED.items()}
    keys = tuple(grouping(filters, actor).split(","))
    question = Question(group_by=keys, min_residents=filters.min_residents, **chosen)
    costs = dict(zip(filters.cost_of, filters.cost, strict=True)) or None
    return Budget(money=filters.budget or 0, question=question, max_share=filters.reach / 100, costs=costs)


def _result(planned: Planned, filters: Filters, by: str) -> Result:
    bars = [
        {
            "name": channel,
            "value": sums[2],
            "figure": money(sums[2]),
            "href": "",
            "title": f"{channel}\n{money(sums[2])}",
        }
        for channel, sums in by_channel(planned)
    ]
    points = [
        {"at": place, "value": courses, "title": f"{money(budget)}\n{labels.decimal(courses)}"}
        for place, (budget, courses) in enumerate(planned.curve)
    ]
    line = {"name": _("Expected courses"), "points": points}
    write = labels.count if planned.curve[-1][0] >= _WITHOUT_FRACTION else labels.decimal
    axis = [write(budget) for budget, _courses in planned.curve]
    spent = {"kind": "bars", "label": _("Money by channel"), "items": bars, "lead": len(bars)}
    bought = {"kind": "lines", "label": _("Expected courses by budget"), "axis": axis, "lines": [line]}
    return Result(
        words=_words(planned, filters.budget or 0),
        segments=segments_table(
            planned.answer["segments"], by.split(","), downloads_of(filters, "segments"), filters=filters
        ),
        channels=Chart("plan-channels", spent, channels_table(planned, filters)),
        curve=Chart("plan-curve", bought, curve_table(planned, filters)),
        query=filters.href().partition("?")[2],
    )


def _words(planned: Planned, budget: float) -> list[str]:
    total = planned.total
    if not planned.segments:
        return [_("Nothing can be bought here: no segment is as large as that, or none has anything to expect.")]
    found = ngettext(
        "%(spend)s buys %(count)s segment: it reaches %(reached)s residents, of whom %(courses)s courses can be "
        "expected, %(low)s to %(high)s with 95 %% certainty.",
        "%(spend)s buys %(count)s segments: it reaches %(reached)s residents, of whom %(courses)s courses can be "
        "expected, %(low)s to %(high)s with 95 %% certainty.",
        len(planned.segments),
    ) % {
        "spend": money(total["spend"]),
        "count": labels.count(len(planned.segments)),
        "reached": labels.count(total["reached"]),
        "courses": labels.decimal(total["expected_courses"]),
        "low": labels.decimal(total["expected_low"]),
        "high": labels.decimal(total["expected_high"]),
    }
    if planned.marginal_return:
        each = {"courses": number_format(round(100 * planned.marginal_return, 1), 1, force_grouping=True)}
        return [found, _("The next 100 would bring %(courses)s courses.") % each]
    left = {"money": money(budget - total["spend"])}
    return [found, _("All that can be bought is bought: %(money)s are left.") % left]


def _costs(filters: Filters, actor: User) -> list[Cost]:
    question = filters.question(group_by=("channel",), min_residents=0, limit=_CHANNELS)
    found = find_demand(question=question, actor=actor)
    channels = channels_of(question)
    said = dict(zip(filters.cost_of, filters.cost, strict=True)) or costs_that_are_set()
    known = costs_by_fold(said, channels)
    names = [row.keys["channel"] or "" for row in found.rows if not row.is_other]
    lines = [Cost(name, name, _typed(known.get(fold(name), known.get(EVERY_OTHER)))) for name in names]
    if found.count > _CHANNELS:
        lines.append(Cost(EVERY_OTHER, _("all others"), _typed(known.get(EVERY_OTHER))))
    return lines


def _typed(value: float | None) -> str:
    """Writes a number as a person types it into a form, in every language with a point."""
    return "" if value is None else repr(value).removesuffix(".0")
