"""The list behind the charts, a page at a time."""

from dataclasses import dataclass

from analytics.pages import labels
from analytics.pages.answers import SEGMENTS, Answers
from analytics.pages.filters import Filters, group_by
from analytics.pages.tables import Table, demand_table
from analytics.services.asking.questions import Demand
from config.common.words import counted


@dataclass(frozen=True, slots=True)
class Segments:
    """A page of the list, and the ways to the others."""

    table: Table
    summary: str
    json: str
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class Named:
    """How many residents stand in no row of their own in the list."""

    merged: str
    of: str


def named(answers: Answers) -> Named | None:
    """Says why a reader sees other rows than a colleague who may see residents; None where every resident is named."""
    of, merged = answers.total.rows[0].residents, answers.segments.meta.merged
    return Named(labels.count(merged), labels.count(of)) if merged else None


def segment_list(demand: Demand, filters: Filters, *, by: str) -> Segments:
    """Takes a page of segments by these keys, the most courses first."""
    here, count = filters.offset, demand.count
    downloads = filters.downloads(**group_by(by))
    table = demand_table(demand.rows, by.split(","), filters, caption="Segments by courses", downloads=downloads)
    back = max(0, min(here, count) - SEGMENTS)
    return Segments(
        table=table,
        summary=_summary(filters, len(demand.rows), count),
        json=filters.api(format="json", **group_by(by)),
        previous=filters.href("segments", offset=back) if here > 0 else "",
        next=filters.href("segments", offset=here + SEGMENTS) if here + SEGMENTS < count else "",
    )


def _summary(filters: Filters, rows: int, count: int) -> str:
    first = filters.offset + 1
    if not rows:
        return "There is no such page."
    of = f"{labels.count(first)} to {labels.count(filters.offset + rows)} of {counted(count, 'segment')}"
    chosen = labels.described({key: getattr(filters, key) for key in labels.DIMENSION_LABELS})
    return f"{of}{f' with {chosen}' if chosen else ''}, the most courses first."
