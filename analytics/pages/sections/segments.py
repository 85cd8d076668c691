"""The list behind the charts, a page at a time."""

from dataclasses import dataclass

from analytics.pages import words
from analytics.pages.filters import Filters
from analytics.pages.reading import SEGMENTS
from analytics.pages.tables import Table, demand_table
from analytics.services.asking.questions import DEFAULT_GROUPING, Demand


@dataclass(frozen=True, slots=True)
class Segments:
    """A page of the list, and the ways to the others."""

    table: Table
    said: str
    json: str
    previous: str
    next: str


def segment_list(demand: Demand, filters: Filters) -> Segments:
    """`demand`: a page of segments, the most courses first."""
    here, count = filters.offset, demand.count
    csv = filters.api("demand")
    table = demand_table(demand.rows, DEFAULT_GROUPING, filters, caption="Segments by courses", csv=csv)
    back = max(0, min(here, count) - SEGMENTS)
    return Segments(
        table=table,
        said=_said(filters, len(demand.rows), count),
        json=filters.api("demand", format="json"),
        previous=filters.href("segments", offset=back) if here > 0 else "",
        next=filters.href("segments", offset=here + SEGMENTS) if here + SEGMENTS < count else "",
    )


def _said(filters: Filters, shown: int, count: int) -> str:
    first = filters.offset + 1
    if not shown:
        return "There is no such page."
    of = f"{words.count(first)} to {words.count(filters.offset + shown)} of {words.count(count)} segments"
    chosen = words.described({key: getattr(filters, key) for key in words.COLUMNS})
    return f"{of}{f' with {chosen}' if chosen else ''}, the most courses first."
