"""Rows of bars, and the opportunities with their intervals."""

from dataclasses import dataclass

from analytics.charts.bars import Interval, axis, bar, whisker
from analytics.charts.scales import highest_of, scale_to
from analytics.charts.svg import Svg
from analytics.pages import words
from analytics.pages.filters import Filters
from analytics.pages.tables import Table, demand_table
from analytics.services.asking.questions import DEFAULT_GROUPING, Demand, Row


@dataclass(frozen=True, slots=True)
class Bar:
    """A name, its figures as text, its drawing."""

    label: str
    figure: str
    detail: str
    href: str
    mark: Svg
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """All of them. `axis` is the scale above them, where there is one."""

    bars: list[Bar]
    table: Table
    axis: Svg | None = None


def channel_bars(demand: Demand, filters: Filters) -> Bars:
    """The courses that each channel reaches, whichever is chosen: one is compared with the others."""
    scale = scale_to(highest_of(row.courses for row in demand.rows))
    bars = [
        Bar(
            words.segment_label(row),
            words.count(row.courses),
            f"{words.decimal(row.courses_per_100)} per 100",
            "" if row.is_other else filters.href("heat", channel=row.keys["channel"]),
            bar(row.courses, scale),
            is_chosen=filters.channel == row.keys["channel"],
        )
        for row in demand.rows
    ]
    csv = filters.api(group_by="channel", channel="", ordering="-courses")
    table = demand_table(demand.rows, ("channel",), filters, caption="Demand by channel", csv=csv, total=demand.count)
    return Bars(bars, table)


def opportunities(demand: Demand, filters: Filters, *, least: int) -> Bars:
    """Segments by the lower end of their interval, all of `least` residents or more. An interval may be cut off."""
    ranked = [row for row in demand.rows if row.index is not None]
    middle = max(highest_of(row.index or 0 for row in ranked), words.AVERAGE)
    highest = min(highest_of(row.index_high or 0 for row in ranked), 1.5 * middle)
    scale = scale_to(max(highest, words.AVERAGE))
    bars = [
        Bar(
            words.segment_label(row),
            f"{row.index or 0:,.0f}",
            f"{row.index_low or 0:,.0f} to {row.index_high or 0:,.0f}, {words.count(row.residents)} residents",
            filters.segment(row.keys),
            whisker(_interval(row), scale, reference=words.AVERAGE),
        )
        for row in ranked
    ]
    csv = filters.api("opportunities", min_residents=least)
    caption = "Where to advertise next"
    return Bars(
        bars, demand_table(ranked, DEFAULT_GROUPING, filters, caption=caption, csv=csv, total=demand.count), axis(scale)
    )


def _interval(row: Row) -> Interval:
    return Interval(row.index or 0, row.index_low or 0, row.index_high or 0)
