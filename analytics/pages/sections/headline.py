"""Makes the headline figures, and says how they changed with the last delivery."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics.pages import labels
from analytics.pages.filters import Filters
from analytics.services.asking.questions import ImportRow, Row


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it counts, and where its list is. `change` is empty where nothing can be compared."""

    label: str
    value: str
    change: str
    direction: str
    hint: str
    href: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures; `since` says of which deliveries the changes are."""

    figures: list[Figure]
    since: str


def headline(total: Row, deliveries: Sequence[ImportRow], filters: Filters) -> Headline:
    """`total`: the one row of the picture. `deliveries`: the trend of each source."""
    last, before = last_two(deliveries)
    rows = (last.row, before.row) if last and before else None
    figures = [
        _count(_("Residents"), "residents", _("people in the last deliveries"), total, rows, filters),
        _count(_("Courses"), "courses", _("that relatives and friends will buy for them"), total, rows, filters),
        _count(_("Buyers"), "buyers", _("residents with at least one relative or friend"), total, rows, filters),
        _rate(total, rows, filters),
    ]
    return Headline(figures, _since(last, before))


def last_two(deliveries: Sequence[ImportRow]) -> tuple[ImportRow | None, ImportRow | None]:
    """Finds the last delivery of all, and the one of the same source before it."""
    ordered = sorted(deliveries, key=lambda row: row.import_id)
    if not ordered:
        return None, None
    of_source = [row for row in ordered if row.source == ordered[-1].source]
    return of_source[-1], of_source[-2] if len(of_source) > 1 else None


def _since(last: ImportRow | None, before: ImportRow | None) -> str:
    if last is None:
        return ""
    told = (
        _("Last delivery: %(number)s of %(source)s, %(day)s; changes against delivery %(before)s.")
        if before
        else _("Last delivery: %(number)s of %(source)s, %(day)s; the first of its source.")
    )
    named = {"number": last.import_id, "source": last.source, "day": labels.day(last.delivered_at)}
    return told % {**named, "before": before and before.import_id}


def _count(label: str, name: str, hint: str, total: Row, rows: tuple[Row, Row] | None, filters: Filters) -> Figure:
    value: int = getattr(total, name)
    difference = getattr(rows[0], name) - getattr(rows[1], name) if rows else 0
    change = labels.signed(difference) if rows else ""
    return Figure(label, labels.count(value), change, _direction(difference), hint, filters.href("segments"))


def _rate(total: Row, rows: tuple[Row, Row] | None, filters: Filters) -> Figure:
    difference = rows[0].courses_per_100 - rows[1].courses_per_100 if rows else 0
    change = labels.signed(difference, digits=1) if rows else ""
    value, hint = labels.decimal(total.courses_per_100), _("how keen they are, however many")
    return Figure(_("Courses per 100"), value, change, _direction(difference), hint, filters.href("segments"))


def _direction(difference: float) -> str:
    if abs(difference) < 0.05:
        return "same"
    return "up" if difference > 0 else "down"
