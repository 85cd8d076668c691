"""The channels as bars, and the opportunities as bars with their intervals."""

from django.utils.translation import gettext as _

from analytics.pages import labels
from analytics.pages.charts import Chart, point
from analytics.pages.filters import Filters, group_by
from analytics.pages.tables import demand_table
from analytics.services.asking.questions import Demand

# So many segments a phone shows, and the others in the table.
LEAD = 5


def channel_bars(demand: Demand, filters: Filters) -> Chart:
    """Shows the courses that each channel reaches, whichever is chosen: one is compared with the others."""
    items = [
        point(
            row,
            filters,
            value=row.courses,
            figure=labels.count(row.courses),
            **({} if row.is_other else {"href": filters.href("heat", channel=(row.keys["channel"],))}),
            isQuiet=bool(filters.channel) and row.keys["channel"] not in filters.channel,
        )
        for row in demand.rows
    ]
    table = demand_table(
        demand.rows,
        ("channel",),
        filters,
        caption=_("Demand by channel"),
        downloads=filters.downloads(group_by="channel", channel="", ordering="-courses"),
        total=demand.count,
    )
    return Chart("channels", {"kind": "bars", "label": _("Courses by channel"), "items": items}, table)


def opportunities(demand: Demand, filters: Filters, *, by: str, least: int) -> Chart:
    """Shows segments in the order of what can be expected of them, all of `least` residents or more."""
    ranked = [row for row in demand.rows if row.index is not None]
    items = [
        point(
            row,
            filters,
            value=row.index,
            low=row.index_low,
            high=row.index_high,
            figure=labels.index_figure(row),
        )
        for row in ranked
    ]
    downloads = filters.downloads("opportunities", **group_by(by), min_residents=least)
    caption = _("Where to advertise next")
    table = demand_table(ranked, by.split(","), filters, caption=caption, downloads=downloads, total=demand.count)
    data = {"kind": "bars", "label": _("Index by segment"), "items": items, "reference": labels.AVERAGE, "lead": LEAD}
    return Chart("opportunities", data, table)
