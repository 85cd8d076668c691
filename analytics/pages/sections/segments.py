"""The list behind the charts, a page at a time."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.pages import labels
from analytics.pages.answers import SEGMENTS
from analytics.pages.filters import Filters, group_by
from analytics.pages.tables import Table, demand_table
from analytics.services.asking.questions import Demand


@dataclass(frozen=True, slots=True)
class Segments:
    """A page of the list, and the ways to the others."""

    table: Table
    summary: str
    json: str
    previous: str
    next: str


def segment_list(demand: Demand, filters: Filters, *, by: str) -> Segments:
    """Takes a page of segments by these keys, the most courses first."""
    here, count = filters.offset, demand.count
    downloads = filters.downloads(**group_by(by))
    table = demand_table(demand.rows, by.split(","), filters, caption=_("Segments by courses"), downloads=downloads)
    back = max(0, min(here, count) - SEGMENTS)
    return Segments(
        table=table,
        summary=_summary(filters, len(demand.rows), count),
        json=filters.api(format="json", **group_by(by)),
        previous=filters.href("segments", offset=back) if here > 0 else "",
        next=filters.href("segments", offset=here + SEGMENTS) if here + SEGMENTS < count else "",
    )


def _summary(filters: Filters, rows: int, count: int) -> str:
    if not rows:
        return _("There is no such page.")
    told = ngettext(
        "%(first)s to %(last)s of %(count)s segment, the most courses first.",
        "%(first)s to %(last)s of %(count)s segments, the most courses first.",
        count,
    )
    first, last = filters.offset + 1, filters.offset + rows
    return told % {"first": labels.count(first), "last": labels.count(last), "count": labels.count(count)}
