"""A part of the report: words, a picture, and the same as a table for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.intervals import CONFIDENCE
from analytics.pages import labels
from analytics.pages.answers import Answers
from analytics.pages.charts import Chart
from analytics.pages.filters import Filters
from analytics.pages.sections.bars import channel_bars, opportunities
from analytics.pages.sections.heat import DIMENSIONS, heat_map
from analytics.services.asking.questions import COUNTS, EXPECTED, MEASURES, Question, Row
from config.common.tabular.workbook import Sheet

_WITHOUT_EXPECTED = tuple(name for name in MEASURES if name not in EXPECTED)


@dataclass(frozen=True, slots=True)
class Part:
    """`words`: what one sees, and how certain it is, a paragraph each. `sheet`: the figures, unformatted, in English
    codes. `with_table`: whether the table of the chart is printed beside the picture."""

    title: str
    words: Sequence[str]
    chart: Chart
    sheet: Sheet
    with_table: bool = False

    @property
    def name(self) -> str:
        """What addresses and tables call it."""
        return self.chart.name


def demand_parts(answers: Answers, filters: Filters, by_city: Sequence[Row]) -> list[Part]:
    """Makes the parts that every report has. `by_city`: all rows of the heat map's table."""
    return [_opportunities(answers, filters), _channels(answers, filters), _heat(answers, filters, by_city)]


def headline_sheet(answers: Answers) -> Sheet:
    """Gives the figures of all who are filtered."""
    names = (*COUNTS, "courses_per_100")
    return demand_sheet("headline", (), answers.total.rows, names)


def demand_sheet(
    title: str, keys: Sequence[str], rows: Iterable[Row], names: Sequence[str] = _WITHOUT_EXPECTED
) -> Sheet:
    """Gives rows of demand by `keys`, with the measures of these names; made as they are written, since a page writes
    none."""
    cells = ([*(row.keys[key] for key in keys), *(getattr(row, name) for name in names)] for row in rows)
    return Sheet(title, (*keys, *names), cells)


def _opportunities(answers: Answers, filters: Filters) -> Part:
    found, by = answers.opportunities, answers.by
    words: list[Any] = [
        _(
            "The index is courses per resident, 100 the average of all residents; the line is the range that holds the "
            "true value of a segment with %(confidence)s %% certainty."
        )
        % {"confidence": labels.count(100 * CONFIDENCE)},
        _("Segments of at least %(count)s residents, in the order of what can be expected of them at least.")
        % {"count": labels.count(answers.least_residents)},
    ]
    return Part(
        _("Where to advertise next"),
        words,
        opportunities(found, filters, by=by, least=answers.least_residents),
        demand_sheet("opportunities", Question(group_by=tuple(by.split(","))).columns, found.rows, MEASURES),
    )


def _channels(answers: Answers, filters: Filters) -> Part:
    words = [_("Courses for the residents that each channel reaches.")]
    sheet = demand_sheet("channels", ("channel",), answers.channels.rows)
    return Part(_("By channel"), words, channel_bars(answers.channels, filters), sheet)


def _heat(answers: Answers, filters: Filters, by_city: Sequence[Row]) -> Part:
    heat = heat_map(answers.heat, filters)
    keys = Question(group_by=DIMENSIONS).columns
    words = [heat.rest] if heat.rest else []
    return Part(heat.chart.data["label"], words, heat.chart, demand_sheet("heat", keys, by_city))
