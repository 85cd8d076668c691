"""What is filtered as one segment: its figure, the segments beside it, and the way to its residents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.dimensions import PLACES, first_age
from analytics.pages import labels
from analytics.pages.answers import Answers
from analytics.pages.filters import DIMENSIONS, Filters
from analytics.pages.tables import Cell, Table
from analytics.services.asking.find_around import PLACE
from analytics.services.asking.questions import UNPLACED, Row
from imports.querysets import SEE_ALL

_OTHERS = {
    PLACE: gettext_lazy("The same in other cities"),
    "age_group": gettext_lazy("The same at other ages"),
    "channel": gettext_lazy("The same through other channels"),
}


@dataclass(frozen=True, slots=True)
class Segment:
    """What is filtered, its `index` as rankings have it, its neighbours, and the residents behind it, if these are for
    the reader."""

    name: str
    index: str
    interval: str
    neighbours: list[Table]
    residents: str
    href: str


def segment(answers: Answers, filters: Filters, actor: User) -> Segment | None:
    """Describes the filtered residents as one segment; None where nobody is filtered out."""
    chosen = {key: getattr(filters, key) for key in DIMENSIONS}
    if not any(chosen.values()):
        return None
    [total] = answers.total.rows
    row = answers.around.own or total
    href = residents_href(filters, answers.age_groups) if actor.has_perm(SEE_ALL) else ""
    beside = answers.around.beside
    tables = [_table(key, beside[key], row, filters) for key in _OTHERS if key in beside]
    return Segment(
        name=labels.chosen_label(chosen),
        index=labels.NOTHING if row.index is None else labels.count(row.index),
        interval=labels.interval(row),
        neighbours=[table for table in tables if len(table.rows) > 1],
        residents=labels.residents(total.residents),
        href=href,
    )


def residents_href(filters: Filters, age_groups: Sequence[str]) -> str:
    """Gives the address of the list of the residents who are filtered; empty where their ages are no one range."""
    asked: dict[str, Any] = {key: getattr(filters, key) for key in DIMENSIONS if key != "age_group"}
    if filters.age_group:
        # By age; one group ends where the next begins.
        ordered = sorted(filters.age_group, key=first_age)
        known = [first_age(label) for label in age_groups]
        places = [known.index(first_age(label)) for label in ordered if first_age(label) in known]
        if len(places) < len(ordered) or any(after - before != 1 for before, after in pairwise(places)):
            return ""
        asked["age_from"] = str(known[places[0]])
        asked["age_to"] = str(known[places[-1] + 1] - 1) if places[-1] + 1 < len(known) else ""
    query = urlencode({"segment": "current", **{key: value for key, value in asked.items() if value}}, doseq=True)
    return f"{reverse('admin:imports_citizen_changelist')}?{query}"


def _table(key: str, found: Sequence[Row], own: Row, filters: Filters) -> Table:
    place = next((name for name in ("town", "city") if getattr(filters, name)), "country")
    named = place if key == PLACE else key
    if key == "age_group":
        found = sorted(found, key=lambda row: first_age(row.keys[key] or ""))
    columns = [str(labels.DIMENSION_LABELS[named]), _("Residents"), _("Index"), _("95 % interval")]
    rows = [_cells(named, row, filters, is_own=row.keys == own.keys) for row in found]
    free: dict[str, Any] = dict.fromkeys(PLACES if key == PLACE else (key,), ())
    around = replace(filters, **free)
    return Table(str(_OTHERS[key]), columns, rows, around.downloads(group_by=named))


def _cells(key: str, row: Row, filters: Filters, *, is_own: bool) -> list[Cell]:
    name = labels.city_label(row) if key == "city" else labels.value_label(key, row.keys[key] or UNPLACED)
    figures = (labels.count(row.residents), labels.decimal(row.index), labels.interval(row))
    return [
        # The segment itself is where one is.
        Cell(name, "" if is_own else filters.segment(row.keys), is_key=True),
        *(Cell(text, is_number=True) for text in figures),
    ]
