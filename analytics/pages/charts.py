"""A chart as `assets/site/charts.js` draws it, and the table behind it."""

from dataclasses import dataclass
from typing import Any

from analytics.pages import labels
from analytics.pages.filters import Filters
from analytics.pages.tables import Table
from analytics.services.asking.questions import Row
from config.common.words import counted


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn, as JSON: `kind` names the function of the script, `label` is what a screen reader calls it."""

    name: str
    data: dict[str, Any]
    table: Table

    @property
    def source(self) -> str:
        """The id of the script that holds the data."""
        return f"{self.name}-data"


def point(row: Row, filters: Filters, **more: Any) -> dict[str, Any]:
    """Describes a row as one point of a chart: its name, what stands beside it when it is chosen, where it leads.

    `more` has the numbers that are drawn, and may lead elsewhere than to the list behind the row.
    """
    title = (
        f"{labels.segment_label(row)}\n"
        f"{counted(row.courses, 'course')} for {counted(row.residents, 'resident')}\n"
        f"Index {labels.decimal(row.index)} ({labels.interval(row)})"
    )
    return {"name": labels.segment_label(row), "title": title, "href": filters.segment(row.keys), **more}
