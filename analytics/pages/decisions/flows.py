"""For whom they buy: courses from group to group, and the strongest flows that leave their group."""

from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.arrays import Ints
from analytics.dimensions import first_age
from analytics.pages import labels
from analytics.pages.charts import Chart
from analytics.pages.decisions.grouping import DRAWN, group_label, groups
from analytics.pages.filters import Filters
from analytics.pages.tables import Cell, Table
from analytics.services.deciding.flows import Flow, Flows, find_flows

LABEL = gettext_lazy("For whom do they buy?")
_STRONGEST = 3
# A matrix of more groups is unreadable.
_SIDE = 12


def section(filters: Filters, actor: User) -> dict[str, Any]:
    """Gives what `analytics/decisions/flows.html` writes out."""
    found = find_flows(question=filters.question(group_by=(filters.group,), min_residents=0), actor=actor)
    leaving = np.flatnonzero(found.cells.buyer != found.cells.recipient)
    return {
        "groups": groups(filters),
        "strongest": [_words(flow) for flow in found.rows(leaving[:_STRONGEST])],
        "leaving": _leaving(int(found.cells.courses[leaving].sum()), int(found.cells.courses.sum())),
        "chart": _chart(found, filters),
    }


def _words(flow: Flow) -> str:
    return _("From %(from)s to %(to)s: %(courses)s, %(share)s %% of all that the former buy (%(interval)s).") % {
        "from": group_label(flow.buyer),
        "to": group_label(flow.recipient),
        "courses": labels.courses(flow.courses),
        "share": labels.decimal(100 * flow.share),
        "interval": _interval(flow),
    }


def _leaving(part: int, courses: int) -> str:
    if not courses:
        return ""
    return _("%(part)s of %(courses)s, %(share)s %%, are bought for somebody of another group.") % {
        "part": labels.count(part),
        "courses": labels.courses(courses),
        "share": labels.decimal(100 * part / courses),
    }


def _interval(flow: Flow) -> str:
    low, high = (labels.decimal(100 * end) for end in (flow.share_low, flow.share_high))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _chart(found: Flows, filters: Filters) -> Chart:
    rows, columns = _largest(found, found.cells.buyer), _largest(found, found.cells.recipient)
    drawn = np.flatnonzero(np.isin(found.cells.buyer, rows) & np.isin(found.cells.recipient, columns))
    places = zip(found.cells.buyer[drawn].tolist(), found.cells.recipient[drawn].tolist(), strict=True)
    cells = [
        {
            "name": group_label(flow.buyer),
            "title": _title(flow),
            "href": filters.segment(flow.buyer),
            "x": columns.index(recipient),
            "y": rows.index(buyer),
            "value": flow.courses,
            "figure": labels.count(flow.courses),
        }
        for (buyer, recipient), flow in zip(places, found.rows(drawn), strict=True)
    ]
    data = {
        "kind": "heat",
        "label": _("Courses from the group of who buys to the group of who they are for"),
        "isIndex": False,
        "columns": [group_label(found.groups[number]) for number in columns],
        "rows": [
            {"name": group_label(found.groups[number]), "href": filters.segment(found.groups[number])}
            for number in rows
        ],
        "cells": cells,
    }
    return Chart("flows", data, _table(found, filters))


def _largest(found: Flows, side: Ints) -> list[int]:
    """Finds the groups with the most courses on this side of the flows, ages in their order."""
    courses = np.bincount(side, weights=found.cells.courses, minlength=len(found.groups)).tolist()
    names = [group_label(keys) for keys in found.groups]
    there = (number for number, count in enumerate(courses) if count)
    largest = sorted(there, key=lambda number: (-courses[number], names[number]))[:_SIDE]
    if found.groups and "age_group" in found.groups[0]:
        largest.sort(key=lambda number: first_age(found.groups[number]["age_group"] or ""))
    return largest


def _title(flow: Flow) -> str:
    first = _("From %(from)s to %(to)s") % {"from": group_label(flow.buyer), "to": group_label(flow.recipient)}
    share = _("%(share)s %% of all that the former buy (%(interval)s)") % {
        "share": labels.decimal(100 * flow.share),
        "interval": _interval(flow),
    }
    return f"{first}\n{labels.courses(flow.courses)}\n{share}"


def _table(found: Flows, filters: Filters) -> Table:
    rows = [
        [
            Cell(group_label(flow.buyer), filters.segment(flow.buyer), is_key=True),
            Cell(group_label(flow.recipient), is_key=True),
            Cell(labels.count(flow.courses), is_number=True),
            Cell(f"{labels.decimal(100 * flow.share)} %", is_number=True),
            Cell(_interval(flow), is_number=True),
        ]
        for flow in found.rows(slice(DRAWN))
    ]
    columns = [_("Who buys"), _("For whom"), _("Courses"), _("Share of what is bought"), _("95 % interval")]
    downloads = filters.downloads("flows", group_by=filters.group)
    return Table(_("Courses by flow"), columns, rows, downloads, labels.first_of(len(rows), len(found)))
