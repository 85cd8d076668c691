"""A chart as `assets/site/charts.js` draws it, and the table behind it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.pages import labels
from analytics.pages.filters import Filters
from analytics.pages.tables import Table
from analytics.services.asking.questions import Row


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


def point(row: Row, filters: Filters, *, href: str | None = None, **more: Any) -> dict[str, Any]:
    """Describes a row as one point of a chart: its name, what stands beside it when it is chosen, where it leads, to
    the page of the row unless `href` says where; `more` has the numbers that are drawn."""
    name = labels.segment_label(row)
    if href is None:
        href = "" if row.is_other else filters.segment(row.keys)
    return {"name": name, "title": described(name, row), "href": href, **more}


def described(name: str, row: Row) -> str:
    """Writes what stands beside a point that is chosen: its name, its courses and its index, a line each."""
    counts = {"courses": labels.courses(row.courses), "residents": labels.residents(row.residents)}
    index = {"index": labels.decimal(row.index), "interval": labels.interval(row)}
    told = [_("%(courses)s for %(residents)s") % counts, _("Index %(index)s (%(interval)s)") % index]
    return "\n".join([name, *told])


def words() -> dict[str, str]:
    """Gives the texts that `assets/site/charts.js` and `assets/site/page.js` write."""
    return {
        "keys": _("%(chart)s. Arrow keys go from point to point."),
        "save": _("Save %(chart)s as %(format)s"),
        "patterns": _("Patterns"),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "world": _("World"),
        "wholeWorld": _("Whole world"),
        "below": _("below %(bound)s"),
        "between": _("%(low)s to %(high)s"),
        "above": _("above %(bound)s"),
        "noMatch": _("Nothing has such a name."),
    }
