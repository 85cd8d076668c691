"""In which month courses are bought, and from when on to advertise for it."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.birth_months import MONTHS, standing_out
from analytics.dimensions import first_age
from analytics.pages import labels
from analytics.pages.charts import Chart
from analytics.pages.choices import Option
from analytics.pages.decisions.grouping import DRAWN, group_label, groups
from analytics.pages.filters import Filters
from analytics.pages.tables import Cell, Table
from analytics.services.deciding.calendar import BUYER, RECIPIENT, Calendar, GroupMonths, find_calendar

LABEL = gettext_lazy("In which month?")
LEADS = (2, 4, 6, 8, 10, 12)
# As many months after this one are to be prepared for.
_AHEAD = 6
_WHOSE = {BUYER: gettext_lazy("who buys"), RECIPIENT: gettext_lazy("who the course is for")}


@dataclass(frozen=True, slots=True)
class Ahead:
    """A month that comes, its courses, and the day from which on one advertises for it; `is_late`: it is over."""

    month: str
    courses: str
    day: str
    is_late: bool


def section(filters: Filters, actor: User) -> dict[str, Any]:
    """Gives what `analytics/decisions/calendar.html` writes out."""
    question = filters.question(group_by=(filters.group,), min_residents=0)
    found = find_calendar(question=question, of=RECIPIENT if filters.of == RECIPIENT else BUYER, actor=actor)
    by_group = found.groups
    if filters.group == "age_group":
        by_group = sorted(by_group, key=lambda one: (one.is_other, first_age(one.keys["age_group"] or "")))
    totals = [sum(group.months[month - 1] for group in by_group) for month in MONTHS]
    today = timezone.localdate()
    reached = today + timedelta(weeks=filters.lead)
    return {
        "groups": groups(filters),
        "whose": [
            Option(of, str(label), of == filters.of, filters.href("decide", of=of)) for of, label in _WHOSE.items()
        ],
        "leads": [
            Option(str(weeks), labels.count(weeks), weeks == filters.lead, filters.href("decide", lead=weeks))
            for weeks in LEADS
        ],
        "lead": filters.lead,
        "reached": date_format(reached, "DATE_FORMAT"),
        "ahead": _ahead(totals, today=today, weeks=filters.lead),
        "is_spread": found.months == "spread",
        "certain": "" if found.months == "spread" else _certain(totals, found),
        "chart": _chart(by_group, totals, filters, reached=reached),
    }


def advertise_from(month: date, *, weeks: int) -> date:
    """Gives the day from which on one advertises for birthdays in a month, so many weeks before it begins."""
    return month - timedelta(weeks=weeks)


def _ahead(totals: Sequence[int], *, today: date, weeks: int) -> list[Ahead]:
    found, first = [], today.replace(day=1)
    for _month in range(_AHEAD):
        first = (first + timedelta(days=31)).replace(day=1)
        day = advertise_from(first, weeks=weeks)
        found.append(
            Ahead(
                month=date_format(first, "YEAR_MONTH_FORMAT"),
                courses=labels.count(totals[first.month - 1]),
                day=date_format(day, "DATE_FORMAT"),
                is_late=day <= today,
            )
        )
    return found


def _certain(totals: Sequence[int], found: Calendar) -> str:
    signs = standing_out(totals, squares=found.squares)
    more, fewer = (
        ", ".join(_name(month) for month, sign in zip(MONTHS, signs, strict=True) if sign == wanted)
        for wanted in (1, -1)
    )
    if more and fewer:
        return _("More courses than the days of the month explain: %(more)s; fewer: %(fewer)s.") % {
            "more": more,
            "fewer": fewer,
        }
    if more:
        return _("More courses than the days of the month explain: %(more)s.") % {"more": more}
    if fewer:
        return _("Fewer courses than the days of the month explain: %(fewer)s.") % {"fewer": fewer}
    return _("No month stands out: they differ by no more than their days and chance explain.")


def _name(month: int, form: str = "F") -> str:
    return date_format(date(2000, month, 1), form)


def _chart(found: Sequence[GroupMonths], totals: Sequence[int], filters: Filters, *, reached: date) -> Chart:
    drawn = found[:DRAWN]
    rows = [{"name": _label(group), "href": _href(group, filters)} for group in drawn]
    data = {
        "kind": "heat",
        "label": _("Courses by month"),
        "isIndex": False,
        "columns": [_name(month, "M") for month in MONTHS],
        "rows": rows,
        # Where in the year the birthdays are that one reaches today.
        "line": round(reached.month - 1 + (reached.day - 1) / monthrange(reached.year, reached.month)[1], 3),
        "cells": [
            {
                **rows[place],
                "title": f"{_label(group)}\n{_name(month)}: {labels.courses(group.months[month - 1])}",
                "x": month - 1,
                "y": place,
                "value": group.months[month - 1],
                "figure": labels.count(group.months[month - 1]),
            }
            for place, group in enumerate(drawn)
            for month in MONTHS
        ],
    }
    return Chart("calendar", data, _table(drawn, totals, filters, of=len(found)))


def _table(drawn: Sequence[GroupMonths], totals: Sequence[int], filters: Filters, *, of: int) -> Table:
    key = str(labels.DIMENSION_LABELS[filters.group])
    columns = [key, *(_name(month, "M") for month in MONTHS), _("Courses")]
    rows = [
        [Cell(_label(group), _href(group, filters), is_key=True), *_numbers([*group.months, group.courses])]
        for group in drawn
    ]
    rows.append([Cell(_("All"), is_key=True), *_numbers([*totals, sum(totals)])])
    downloads = filters.downloads("calendar", group_by=filters.group, of=filters.of)
    return Table(_("Courses by month"), columns, rows, downloads, labels.first_of(len(drawn), of))


def _numbers(values: Sequence[int]) -> list[Cell]:
    return [Cell(labels.count(value), is_number=True) for value in values]


def _label(group: GroupMonths) -> str:
    return group_label(group.keys, is_other=group.is_other)


def _href(group: GroupMonths, filters: Filters) -> str:
    return "" if group.is_other else filters.segment(group.keys)
