"""The demand from delivery to delivery, a line for each source."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from analytics.pages import labels
from analytics.pages.charts import Chart
from analytics.pages.filters import Filters
from analytics.pages.tables import MEASURE_LABELS, Cell, Table, measure_texts
from analytics.services.asking.questions import ImportRow


def trend_lines(rows: Sequence[ImportRow], filters: Filters) -> Chart:
    """Takes deliveries of any sources in any order; they stand side by side in the order in which they came."""
    ordered = sorted(rows, key=lambda row: (row.source, row.delivered_at, row.import_id))
    by_time = sorted(rows, key=lambda row: (row.delivered_at, row.import_id))
    places = {row.import_id: place for place, row in enumerate(by_time)}
    lines: dict[str, list[dict[str, object]]] = {}
    for row in ordered:
        lines.setdefault(row.source, []).append(_point(row, places[row.import_id], filters))
    data = {
        "kind": "lines",
        "label": _("Courses by delivery"),
        "axis": [f"#{row.import_id}\n{labels.day(row.delivered_at)}" for row in by_time],
        "lines": [{"name": source, "points": points} for source, points in lines.items()],
    }
    return Chart("trend", data, _table(ordered, filters))


def _point(row: ImportRow, place: int, filters: Filters) -> dict[str, object]:
    named = _("%(source)s, delivery %(number)s") % {"source": row.source, "number": row.import_id}
    title = f"{named}\n{labels.day(row.delivered_at)}: {labels.courses(row.row.courses)}"
    return {"at": place, "value": row.row.courses, "title": title, "href": _list(row, filters)}


def _list(row: ImportRow, filters: Filters) -> str:
    return filters.api(format="json", source=(), min_residents=0, import_id=row.import_id)


def _table(rows: Sequence[ImportRow], filters: Filters) -> Table:
    cells = [
        [
            Cell(row.source, filters.href("trend", source=(row.source,)), is_key=True),
            Cell(str(row.import_id), _list(row, filters), is_key=True),
            Cell(labels.day(row.delivered_at)),
            *(Cell(text, is_number=True) for text in measure_texts(row.row)[:4]),
        ]
        for row in rows
    ]
    columns = [_("Source"), _("Delivery"), _("Delivered"), *map(str, MEASURE_LABELS[:4])]
    return Table(_("Demand by delivery"), columns, cells, filters.downloads("trend", min_residents=0))
