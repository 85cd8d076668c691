"""Puts the report together: the question, the answer, how certain it is, the pictures, and what was counted."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from analytics.pages import choices, page
from analytics.pages.answers import Answers, read_answers
from analytics.pages.charts import words
from analytics.pages.decisions import QUESTIONS
from analytics.pages.filters import Downloads, Filters
from analytics.pages.report.parts import Part, demand_parts, headline_sheet
from analytics.pages.sections.headline import headline
from analytics.pages.sections.heat import DIMENSIONS
from analytics.services.asking.find_demand import find_demand, is_restricted
from analytics.services.asking.kept import NotCountedYet
from config.common.db.snapshots import snapshot
from config.common.http.moments import local_moment, moment
from config.common.problems import Problem
from config.common.tabular.workbook import Sheet


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported. `counting`: names of questions whose answers a worker is at; `again`: seconds until one of
    them may be there."""

    answers: Answers
    parts: list[Part]
    counting: list[str]
    again: int


def read_report(filters: Filters, actor: User, *, whole: bool) -> Report:
    """Reads what `actor` may see; of questions that offer a part of a report, those that answer. `whole`: all rows of
    what the heat map shows a part of."""
    with snapshot():
        answers = read_answers(filters=filters, actor=actor)
        by_city = find_demand(question=filters.question(group_by=DIMENSIONS), actor=actor).rows if whole else []
    if not (answers.total.rows and answers.heat.count):
        return Report(answers, [], [], 0)
    parts, counting, again = demand_parts(answers, filters, by_city), [], 0
    # Outside of the snapshot of the demand: what is not there yet is put down to be worked out.
    for name, question in QUESTIONS.items():
        if not hasattr(question, "report"):
            continue
        try:
            part = question.report(filters, actor)
        except NotCountedYet as waits:
            part = None
            counting.append(name)
            again = max(again, waits.retry_after)
        except Problem:
            # Not for this reader, or not for these filters: the page says why.
            continue
        if part is not None:
            parts.append(part)
    return Report(answers, parts, counting, again)


def report_context(report: Report, filters: Filters, actor: User) -> dict[str, Any]:
    """Gives everything that `analytics/report.html` writes out."""
    answers = report.answers
    context = {
        "of": [way.label for way in choices.ways_out(filters)],
        "made": local_moment(timezone.now()),
        "freshness": page.freshness(answers.total.meta),
        "is_restricted": is_restricted(actor),
        "counting": [str(QUESTIONS[name].LABEL) for name in report.counting],
        "again": report.again,
        "words": words(),
        "page": filters.href(),
        "downloads": Downloads(filters.report(format="csv", bom="true"), filters.report(format="xlsx")),
        "parts": report.parts,
    }
    if not report.parts:
        return context
    return context | {
        "answer": page.answer(answers.opportunities, filters),
        "headline": headline(answers.total.rows[0], answers.deliveries, filters),
        "unnamed": page.unnamed(answers, filters, actor),
    }


def report_sheets(report: Report, filters: Filters) -> list[Sheet]:
    """Gives the same as tables: what was asked and counted, the headline, and each part."""
    meta = report.answers.total.meta
    about = {
        "filters": filters.report(),
        "made_at": moment(timezone.now()),
        "refreshed_at": moment(meta.refreshed_at) if meta.refreshed_at else None,
        "as_of": meta.as_of.isoformat() if meta.as_of else None,
        "imports": meta.imports,
        "stale": str(meta.stale).lower(),
        "merged": report.answers.segments.meta.merged,
        "counting": ",".join(report.counting),
    }
    sheets = [Sheet("about", tuple(about), [list(about.values())])]
    return [*sheets, headline_sheet(report.answers), *(part.sheet for part in report.parts)]
