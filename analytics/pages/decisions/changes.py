"""What changed since the delivery before: what is real, and what is noise."""

from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.models import ImportDemand
from analytics.pages import labels
from analytics.pages.charts import Chart
from analytics.pages.filters import Filters
from analytics.pages.tables import Cell, Table
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.kept import NotCountedYet
from analytics.services.deciding.changes import Change, FoundChanges, find_changes

LABEL = gettext_lazy("What changed?")
# By each of these the deliveries are compared, and so many rows a chart and a table have.
GROUPINGS = {
    "city": gettext_lazy("Changes by city"),
    "channel": gettext_lazy("Changes by channel"),
    "age_group": gettext_lazy("Changes by age"),
}
MOST = 15
_LEAD = 8
_NAMED = 3


def section(filters: Filters, actor: User) -> dict[str, Any]:
    """Compares the last two deliveries of the source that is chosen; of several sources one is to be chosen first."""
    sources = [*filters.source] if len(filters.source) == 1 else _sources(filters)
    if len(sources) != 1 and not is_restricted(actor):
        return {"sources": [(name, filters.href("decide", source=(name,))) for name in sources]}
    of_source = replace(filters, source=tuple(sources[:1]))
    waits: Exception | None = None
    found = {}
    for by in GROUPINGS:
        try:
            found[by] = find_changes(question=of_source.question(group_by=(by,)), before=None, after=None, actor=actor)
        except NotCountedYet as still:
            # All are asked for at once.
            waits = still
    if waits:
        raise waits
    return {
        "between": _between(found["city"]),
        "residents": _residents(found["city"]),
        "parts": [_part(by, found[by], of_source) for by in GROUPINGS],
    }


def _sources(filters: Filters) -> list[str]:
    """The sources of the current picture, of those that are chosen."""
    known = ImportDemand.objects.current().called().order_by("called").values_list("called", flat=True)
    return [name for name in known if not filters.source or name in filters.source]


def _between(found: FoundChanges) -> str:
    told = _("Delivery %(before)s of %(then)s and delivery %(after)s of %(now)s.")
    return told % {
        "before": found.before.import_id,
        "then": labels.day(found.before.delivered_at),
        "after": found.after.import_id,
        "now": labels.day(found.after.delivered_at),
    }


def _residents(found: FoundChanges) -> str:
    told = _("Residents: %(stayed)s stayed, %(new)s new, %(gone)s gone.")
    return told % {name: labels.count(getattr(found.residents, name)) for name in ("stayed", "new", "gone")}


def _part(by: str, found: FoundChanges, filters: Filters) -> dict[str, Any]:
    seen = [row for row in found.rows if row.q is not None]
    real = [row for row in seen if row.significant]
    return {
        "name": by,
        "title": GROUPINGS[by],
        "real": _real(real),
        "noise": _noise(len(seen) - len(real), unseen=found.count - len(seen)),
        "chart": _chart(by, found, seen, filters) if seen else None,
    }


def _real(rows: list[Change]) -> str:
    """Names the first changes that are more than chance, the largest of the surest."""
    if not rows:
        return _("Real: none. No change here is larger than chance alone makes.")
    told = ngettext(
        "Real: %(count)s change is more than chance. %(named)s. Of ten such findings one may be chance all the same.",
        "Real: %(count)s changes are more than chance. %(named)s. Of ten such findings one may be chance all the same.",
        len(rows),
    )
    named = "; ".join(f"{_label(row)} {labels.signed(row.change or 0, digits=1)}" for row in rows[:_NAMED])
    return told % {"count": labels.count(len(rows)), "named": named}


def _noise(noise: int, *, unseen: int) -> str:
    """Says of how many groups nothing can be said, and why."""
    told = ngettext(
        "Noise: %(count)s group changed no more than chance alone makes.",
        "Noise: %(count)s groups changed no more than chance alone makes.",
        noise,
    )
    sentences = [told % {"count": labels.count(noise)}] if noise else []
    if unseen:
        told = ngettext(
            "In %(count)s group too little is different to tell.",
            "In %(count)s groups too little is different to tell.",
            unseen,
        )
        sentences.append(told % {"count": labels.count(unseen)})
    return " ".join(sentences)


def _chart(by: str, found: FoundChanges, seen: list[Change], filters: Filters) -> Chart:
    items = [
        {
            "name": _label(row),
            "title": f"{_label(row)}\n{_figure(row)}\n{_certainty(row)}",
            "href": filters.segment(row.keys),
            "value": row.change,
            "low": row.change_low,
            "high": row.change_high,
            "figure": _figure(row),
            "isQuiet": not row.significant,
        }
        for row in seen[:MOST]
    ]
    label = _("Change of courses per 100 residents")
    data = {"kind": "bars", "label": label, "items": items, "reference": 0, "lead": _LEAD}
    return Chart(f"changes-{by}", data, _table(by, found, filters))


def _table(by: str, found: FoundChanges, filters: Filters) -> Table:
    rows = [
        [
            Cell(_label(row), filters.segment(row.keys), is_key=True),
            *(
                Cell(text, is_number=True)
                for side in (row.before, row.after)
                for text in (labels.count(side.residents), labels.decimal(side.courses_per_100))
            ),
            Cell(labels.NOTHING if row.change is None else labels.signed(row.change, digits=1), is_number=True),
            Cell(_interval(row), is_number=True),
            Cell(_certainty(row)),
        ]
        for row in found.rows[:MOST]
    ]
    columns = [
        str(labels.DIMENSION_LABELS[by]), _("Residents before"), _("Courses per 100 before"), _("Residents"),
        _("Courses per 100"), _("Change"), _("95 % interval"), _("What it is"),
    ]  # fmt: skip
    # These are parameters of demand alone.
    downloads = filters.downloads("changes", group_by=by, min_residents=0, index_base="")
    return Table(str(GROUPINGS[by]), columns, rows, downloads, labels.first_of(len(rows), found.count))


def _label(row: Change) -> str:
    return ", ".join(value for value in row.keys.values() if value is not None) or labels.NOTHING


def _figure(row: Change) -> str:
    return _("%(change)s (%(interval)s)") % {
        "change": labels.signed(row.change or 0, digits=1),
        "interval": _interval(row),
    }


def _interval(row: Change) -> str:
    if row.change_low is None or row.change_high is None:
        return labels.NOTHING
    low, high = (labels.signed(end, digits=1) for end in (row.change_low, row.change_high))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _certainty(row: Change) -> str:
    if row.q is None:
        return _("cannot be told")
    return _("real") if row.significant else _("noise")
