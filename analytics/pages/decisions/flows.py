"""For whom they buy: courses from group to group, and the strongest flows that leave their group."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.dimensions import first_age
from analytics.pages import labels
from analytics.pages.charts import Chart
from analytics.pages.decisions.grouping import DRAWN, group_label, groups
from analytics.pages.filters import Filters
from analytics.pages.tables import Cell, Table
from analytics.services.deciding.flows import Flow, find_flows

LABEL = gettext_lazy("For whom do they buy?")
_STRONGEST = 3
# A matrix of more groups is unreadable.
_SIDE = 12


def section(filters: Filters, actor: User) -> dict[str, Any]:
    """Gives what `analytics/decisions/flows.html` writes out."""
    found = find_flows(question=filters.question(group_by=(filters.group,), min_residents=0), actor=actor).rows
    leaving = [flow for flow in found if flow.buyer != flow.recipient]
    return {
        "groups": groups(filters),
        "strongest": [_words(flow) for flow in leaving[:_STRONGEST]],
        "leaving": _leaving(leaving, found),
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


def _leaving(leaving: Sequence[Flow], found: Sequence[Flow]) -> str:
    courses = sum(flow.courses for flow in found)
    if not courses:
        return ""
    part = sum(flow.courses for flow in leaving)
    return _("%(part)s of %(courses)s, %(share)s %%, are bought for somebody of another group.") % {
        "part": labels.count(part),
        "courses": labels.courses(courses),
        "share": labels.decimal(100 * part / courses),
    }


def _interval(flow: Flow) -> str:
    low, high = (labels.decimal(100 * end) for end in (flow.share_low, flow.share_high))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _chart(found: Sequence[Flow], filters: Filters) -> Chart:
    sides = {side: _largest(found, side) for side in ("buyer", "recipient")}
    rows, columns = (list(side.values()) for side in sides.values())
    places = {side: {name: place for place, name in enumerate(names)} for side, names in sides.items()}
    cells = [
        {
            "name": group_label(flow.buyer),
            "title": _title(flow),
            "href": filters.segment(flow.buyer),
            "x": places["recipient"][_key(flow.recipient)],
            "y": places["buyer"][_key(flow.buyer)],
            "value": flow.courses,
            "figure": labels.count(flow.courses),
        }
        for flow in found
        if _key(flow.buyer) in places["buyer"] and _key(flow.recipient) in places["recipient"]
    ]
    hrefs = {group_label(flow.buyer): filters.segment(flow.buyer) for flow in found}
    data = {
        "kind": "heat",
        "label": _("Courses from the group of who buys to the group of who they are for"),
        "isIndex": False,
        "columns": columns,
        "rows": [{"name": name, "href": hrefs[name]} for name in rows],
        "cells": cells,
    }
    return Chart("flows", data, _table(found, filters))


def _largest(found: Sequence[Flow], side: str) -> dict[tuple[str | None, ...], str]:
    """Finds the groups with the most courses on this side, ages in their order, and what they are called."""
    courses: defaultdict[tuple[str | None, ...], int] = defaultdict(int)
    names: dict[tuple[str | None, ...], str] = {}
    for flow in found:
        keys = getattr(flow, side)
        courses[_key(keys)] += flow.courses
        names[_key(keys)] = group_label(keys)
    largest = sorted(courses, key=lambda key: (-courses[key], names[key]))[:_SIDE]
    if found and "age_group" in found[0].buyer:
        largest.sort(key=lambda key: first_age(key[0] or ""))
    return {key: names[key] for key in largest}


def _key(keys: dict[str, str | None]) -> tuple[str | None, ...]:
    return tuple(keys.values())


def _title(flow: Flow) -> str:
    first = _("From %(from)s to %(to)s") % {"from": group_label(flow.buyer), "to": group_label(flow.recipient)}
    share = _("%(share)s %% of all that the former buy (%(interval)s)") % {
        "share": labels.decimal(100 * flow.share),
        "interval": _interval(flow),
    }
    return f"{first}\n{labels.courses(flow.courses)}\n{share}"


def _table(found: Sequence[Flow], filters: Filters) -> Table:
    rows = [
        [
            Cell(group_label(flow.buyer), filters.segment(flow.buyer), is_key=True),
            Cell(group_label(flow.recipient), is_key=True),
            Cell(labels.count(flow.courses), is_number=True),
            Cell(f"{labels.decimal(100 * flow.share)} %", is_number=True),
            Cell(_interval(flow), is_number=True),
        ]
        for flow in found[:DRAWN]
    ]
    columns = [_("Who buys"), _("For whom"), _("Courses"), _("Share of what is bought"), _("95 % interval")]
    downloads = filters.downloads("flows", group_by=filters.group)
    return Table(_("Courses by flow"), columns, rows, downloads, labels.first_of(len(rows), len(found)))
