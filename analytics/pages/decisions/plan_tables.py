"""The tables of a plan: what to buy, what is predicted, by channel, and what other budgets buy."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from analytics.pages import labels
from analytics.pages.filters import Downloads, Filters
from analytics.pages.tables import Cell, Table
from analytics.services.asking.find_demand import find_opportunities
from analytics.services.deciding.plan import Planned

# Lines on the page.
_SEGMENTS, _PREDICTED = 50, 12
# Of what is expected of a segment that is predicted no more is its own.
MOST_OWN = 0.3


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
    return Table(_("What goes to each channel"), columns, rows, downloads_of(filters, "channels"))


def curve_table(planned: Planned, filters: Filters) -> Table:
    """Writes what each budget buys."""
    rows = [[Cell(money(budget), is_key=True), *_numbers(labels.decimal(courses))] for budget, courses in planned.curve]
    return Table(
        _("What other budgets buy"), [_("Budget"), _("Expected courses")], rows, downloads_of(filters, "curve")
    )


def by_channel(planned: Planned) -> list[tuple[str, list[float]]]:
    """Sums up segments, residents reached, money and expected courses of each channel, the most money first."""
    sums: dict[str, list[float]] = {}
    for one in planned.segments:
        figures = (1, one.reached, one.spend, one.expected_courses)
        before = sums.get(one.row.keys["channel"] or "", [0.0] * len(figures))
        sums[one.row.keys["channel"] or ""] = [a + b for a, b in zip(before, figures, strict=True)]
    return sorted(sums.items(), key=lambda item: (-item[1][2], item[0]))


def money(value: float) -> str:
    """Writes an amount of any currency: `1,234.50`."""
    return number_format(round(value, 2), 2, force_grouping=True)


def interval(figures: Mapping[str, Any]) -> str:
    """Writes the ends of the interval of expected courses: `80.1 to 120.3`."""
    ends = {"low": labels.decimal(figures["expected_low"]), "high": labels.decimal(figures["expected_high"])}
    return _("%(low)s to %(high)s") % ends


def downloads_of(filters: Filters, table: str) -> Downloads:
    """Leads to a table of the plan that the page's address asks for, as CSV and XLSX."""
    query = filters.href().partition("?")[2]
    files = {one: reverse("admin:analytics_plan_draft", args=(table, one)) for one in ("csv", "xlsx")}
    return Downloads(**{one: f"{address}?{query}" for one, address in files.items()})


def _names(values: Mapping[str, Any], keys: Sequence[str], filters: Filters | None) -> list[Cell]:
    known = {key: values[key] for key in (*keys, "country") if key in values}
    href = filters.segment(known) if filters else ""
    beside = f", {values['country']}" if values.get("country") else ""
    texts = (f"{values[key] or labels.NOTHING}{beside if key == 'city' else ''}" for key in keys)
    return [Cell(text, href, is_key=True) for text in texts]


def _numbers(*texts: str) -> list[Cell]:
    return [Cell(text, is_number=True) for text in texts]
