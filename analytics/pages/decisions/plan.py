"""What does the budget buy: a form, the segments to buy with their pictures, and the segments that are predicted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.models.plans import EVERY_OTHER, LONGEST_NAME
from analytics.pages import labels
from analytics.pages.charts import Chart
from analytics.pages.filters import DIMENSIONS, FILTERED, Downloads, Filters
from analytics.pages.report.parts import Part
from analytics.pages.tables import Cell, Table
from analytics.services.asking.channels import channels_of
from analytics.services.asking.find_demand import find_demand, find_opportunities, is_restricted
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
# Lines of the form, and of the tables on the page.
_CHANNELS, _SEGMENTS, _PREDICTED, _ON_PAPER = 15, 50, 12, 8
# Amounts on the axis of a chart have a fraction below that.
_WITHOUT_FRACTION = 100
# Of what is expected of a segment that is predicted no more is its own.
MOST_OWN = 0.3


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


def segments_table(
    segments: Sequence[Mapping[str, Any]], keys: Sequence[str], downloads: Downloads, *, filters: Filters | None = None
) -> Table:
    """Writes the segments of an answer in the order to buy, the first ones; with `filters` they lead to their pages."""
    columns = [
        *(str(labels.DIMENSION_LABELS[key]) for key in keys),
        *(_("Residents"), _("Reached"), _("Costs"), _("Expected courses"), _("95 % interval")),
    ]
    rows = [
        [
            *_names(one, keys, filters),
            *_numbers(labels.count(one["residents"]), labels.count(one["reached"]), money(one["spend"])),
            *_numbers(labels.decimal(one["expected_courses"]), interval(one)),
        ]
        for one in segments[:_SEGMENTS]
    ]
    note = labels.first_of(len(rows), len(segments))
    return Table(_("What to buy, in this order"), columns, rows, downloads, note)


def predicted_table(filters: Filters, actor: User, by: str) -> Table:
    """Writes segments of which little is known but what the model makes of others, the most promising first."""
    asked = {"ordering": ("-expected_index",), "max_own_share": MOST_OWN, "with_expected": True}
    found = find_opportunities(question=filters.segments(by, **asked, limit=_PREDICTED), actor=actor)
    keys = by.split(",")
    rows = [
        [
            *_names(row.keys, keys, filters),
            *_numbers(
                labels.count(row.residents),
                labels.decimal(row.expected_index),
                _("%(share)s %%") % {"share": labels.count(100 * (row.own_share or 0))},
            ),
        ]
        for row in found.rows
    ]
    columns = [
        *(str(labels.DIMENSION_LABELS[key]) for key in keys),
        *(_("Residents"), _("Expected index"), _("Of their own")),
    ]
    downloads = filters.downloads("opportunities", group_by=by, ordering="-expected_index", max_own_share=str(MOST_OWN))
    return Table(_("Predicted"), columns, rows, downloads, labels.first_of(len(rows), found.count))


def channels_table(planned: Planned, filters: Filters) -> Table:
    """Writes what goes to each channel, the most money first."""
    rows = [
        [
            Cell(channel, is_key=True),
            *_numbers(*map(labels.count, sums[:2]), money(sums[2]), labels.decimal(sums[3])),
        ]
        for channel, sums in by_channel(planned)
    ]
    columns = [_("Channel"), _("Segments"), _("Reached"), _("Costs"), _("Expected courses")]
    return Table(_("What goes to each channel"), columns, rows, _downloads(filters, "channels"))


def curve_table(planned: Planned, filters: Filters) -> Table:
    """Writes what each budget buys."""
    rows = [[Cell(money(budget), is_key=True), *_numbers(labels.decimal(courses))] for budget, courses in planned.curve]
    return Table(_("What other budgets buy"), [_("Budget"), _("Expected courses")], rows, _downloads(filters, "curve"))


def money(value: float) -> str:
    """Writes an amount of any currency: `1,234.50`."""
    return number_format(round(value, 2), 2, force_grouping=True)


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
            planned.answer["segments"], by.split(","), _downloads(filters, "segments"), filters=filters
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


def by_channel(planned: Planned) -> list[tuple[str, list[float]]]:
    """Sums up segments, residents reached, money and expected courses of each channel, the most money first."""
    sums: dict[str, list[float]] = {}
    for one in planned.segments:
        figures = (1, one.reached, one.spend, one.expected_courses)
        before = sums.get(one.row.keys["channel"] or "", [0.0] * len(figures))
        sums[one.row.keys["channel"] or ""] = [a + b for a, b in zip(before, figures, strict=True)]
    return sorted(sums.items(), key=lambda item: (-item[1][2], item[0]))


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


def _names(values: Mapping[str, Any], keys: Sequence[str], filters: Filters | None) -> list[Cell]:
    known = {key: values[key] for key in (*keys, "country") if key in values}
    href = filters.segment(known) if filters else ""
    beside = f", {values['country']}" if values.get("country") else ""
    texts = (f"{values[key] or labels.NOTHING}{beside if key == 'city' else ''}" for key in keys)
    return [Cell(text, href, is_key=True) for text in texts]


def _numbers(*texts: str) -> list[Cell]:
    return [Cell(text, is_number=True) for text in texts]


def interval(figures: Mapping[str, Any]) -> str:
    """Writes the ends of the interval of expected courses: `80.1 to 120.3`."""
    ends = {"low": labels.decimal(figures["expected_low"]), "high": labels.decimal(figures["expected_high"])}
    return _("%(low)s to %(high)s") % ends


def _downloads(filters: Filters, table: str) -> Downloads:
    query = filters.href().partition("?")[2]
    files = {one: reverse("admin:analytics_plan_draft", args=(table, one)) for one in ("csv", "xlsx")}
    return Downloads(**{one: f"{address}?{query}" for one, address in files.items()})
