"""Writes what happens and what waits as lines of the front page."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from airports.models import PendingChange
from analytics.pages import labels
from analytics.services.asking.dashboard_work import Changes, Deliveries, Links, QueueState, Work
from imports.models import Import

Status = Import.Status
# Classes of Unfold's own style sheet: other ones would have no colour.
_COLOURS = {
    Status.COMPLETE: "bg-green-500",
    Status.FAILED: "bg-red-500",
    Status.LOADING: "bg-primary-500",
    Status.QUEUED: "bg-primary-300",
    Status.CHECKED: "bg-orange-400",
}
_LABELS = {Status.FAILED: "danger", Status.CHECKED: "warning", Status.LOADING: "primary", Status.QUEUED: "info"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a tile: what it is, its figure, and the list behind it, if any. `label`: the kind of Unfold's label."""

    name: str
    figure: str
    href: str
    detail: str = ""
    label: str = ""
    percent: int | None = None


def listing(name: str, **filters: object) -> str:
    """Gives the address of the list of the admin that is called `name`, filtered."""
    address = reverse(f"admin:{name}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address


def ago(moment: datetime) -> str:
    """Writes `2 hours ago`."""
    return f"{timesince(moment, timezone.now(), depth=1)} ago"


def delivery_lines(found: Deliveries) -> list[Line]:
    """Lists those on their way, and the ones that failed."""
    return [_delivery(one) for one in (*found.under_way, *found.failed)]


def delivery_counts(found: Deliveries) -> list[Line]:
    """Counts the deliveries of each status that occurs."""
    order = [status for status in Status.values if status in found.counts]
    return [
        Line(status, labels.count(found.counts[status]), listing("imports_import", status__exact=status))
        for status in order
    ]


def delivery_tracker(found: Deliveries) -> list[dict[str, str]]:
    """Gives a block for each of the last deliveries, as Unfold's tracker wants them."""
    return [
        {
            "href": reverse("admin:imports_import_change", args=[one.pk]),
            "tooltip": f"Delivery {one.pk} of {one.source}: {one.status}, {one.created_at:%d %b %Y}",
            "color": _COLOURS.get(Status(one.status), "bg-base-300 dark:bg-base-600"),
        }
        for one in found.recent
    ]


def change_lines(found: Changes) -> list[Line]:
    """Counts what the reader may see, each with its list."""
    since = f"{found.since:%Y-%m-%d %H:%M:%S+00:00}"
    lines = [
        ("Corrections of residents", found.corrections, listing("imports_correction", corrected_at__gte=since)),
        ("Deliveries received", found.imports, listing("imports_import", created_at__gte=since)),
        ("Airports changed", found.airports, listing("airports_airport", updated_at__gte=since)),
    ]
    return [Line(name, labels.count(count), href) for name, count, href in lines if count is not None]


def link_lines(found: Links) -> list[Line]:
    """Lists the ones that expire first."""
    return [_link(one) for one in found.next]


def work_lines(found: Work) -> list[Line]:
    """Lists queues, schedules and the parts that everything stands on; what is ill has the label `danger`."""
    schedules = listing("django_celery_beat_periodictask")
    # Messages are in no list, and what they are about is in several: a link would promise too much.
    lines = [] if found.queues is None else [_queue(queue) for queue in found.queues]
    beat = "never" if found.beat is None else f"{found.beat:,.0f} s ago"
    full = found.connections >= found.connection_limit
    used = f"{found.connections} of {found.connection_limit} connections, {filesizeformat(found.database_bytes)}"
    silent, away = found.is_beat_silent, found.queues is None
    return [
        *lines,
        _state("Schedules", silent, "silent" if silent else "running", schedules, f"last sent {beat}"),
        _state("Redis", away, "away" if away else "answers", "", "queues cannot be seen" if away else ""),
        _state("Database", full, "full" if full else "answers", "", used),
    ]


def _queue(queue: QueueState) -> Line:
    waits = "nothing waits" if queue.oldest is None else f"the oldest waits for {queue.oldest:,.0f} s"
    workers = "1 worker" if queue.workers == 1 else f"{queue.workers} workers"
    label = "danger" if queue.is_ill else "success"
    return Line(f"Queue {queue.name}", f"{labels.count(queue.depth)} waiting", "", f"{workers}, {waits}", label)


def _state(name: str, is_ill: bool, word: str, href: str, detail: str = "") -> Line:
    return Line(name, word, href, detail, "danger" if is_ill else "success")


def _delivery(one: Import) -> Line:
    href = reverse("admin:imports_import_change", args=[one.pk])
    percent = None
    detail = f"{one.source}, {ago(one.created_at)}"
    if one.status == Status.LOADING and one.citizen_count:
        percent = min(100, 100 * one.processed // one.citizen_count)
        detail = f"{one.source}, {labels.count(one.processed)} of {labels.count(one.citizen_count)} residents"
    return Line(f"Delivery {one.pk}", one.status, href, detail, _LABELS.get(Status(one.status), ""), percent)


def _link(one: PendingChange) -> Line:
    href = reverse("admin:airports_pendingchange_change", args=[one.pk])
    what = f"Change airport {one.airport_id}" if one.airport_id else "Make an airport"
    left = timesince(timezone.now(), one.expires_at, depth=1)
    asked = f"asked by {one.asked_by.get_username()}, " if one.asked_by else ""
    return Line(what, f"{left} left", href, f"{asked}{ago(one.created_at)}")
