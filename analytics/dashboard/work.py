"""What happens and what waits: the tiles of deliveries, changes, links, queues and the database."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext
from redis.exceptions import RedisError

from airports.models import Airport, PendingChange
from analytics.pages import labels
from config.common.background.services.metrics import seconds_since_beat
from config.common.background.services.queues import Queue, queues
from config.common.background.workers import workers_by_queue
from config.common.observe.services.health import redis_answers
from config.common.observe.services.metrics import database_bytes, database_connections
from imports.models import Correction, Import

# What one sees at a glance; the lists behind have the rest.
RECENT = 24
MOST_LINES = 5
# Beat writes down every minute what it sent.
BEAT_SILENT_SECONDS = 180

Status = Import.Status
_UNDER_WAY = (Status.QUEUED, Status.LOADING, Status.CHECKED)
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


def deliveries(_actor: User) -> dict[str, Any]:
    """Shows those on their way or to be approved, the failed ones, and how many there are in each status."""
    live = Import.objects.live().order_by("-id").defer("errors", "differences", "review")
    under_way = live.filter(status__in=_UNDER_WAY)[:MOST_LINES]
    failed = live.filter(status=Status.FAILED)[:MOST_LINES]
    counts = Import.objects.all().by_status()
    return {
        # While something is on its way, the tile asks for itself again and again.
        "is_live": bool(under_way),
        "lines": [_delivery(one) for one in (*under_way, *failed)],
        "counts": [
            Line(_in_state(status, counts[status]), labels.count(counts[status]), _in_list(status))
            for status in Status.values
            if status in counts
        ],
        "tracker": [_block(one) for one in reversed(live[:RECENT])],
    }


def _in_list(status: str) -> str:
    return listing("imports_import", status__exact=status)


def _in_state(status: str, number: int) -> str:
    """What `number` deliveries are: in many languages the word agrees with the number."""
    words = {
        Status.QUEUED: npgettext("deliveries", "queued", "queued", number),
        Status.LOADING: npgettext("deliveries", "loading", "loading", number),
        Status.CHECKED: npgettext("deliveries", "checked", "checked", number),
        Status.COMPLETE: npgettext("deliveries", "complete", "complete", number),
        Status.FAILED: npgettext("deliveries", "failed", "failed", number),
        Status.CANCELLED: npgettext("deliveries", "cancelled", "cancelled", number),
        Status.ERASED: npgettext("deliveries", "erased", "erased", number),
    }
    return words[Status(status)]


def changes(actor: User, *, now: datetime | None = None) -> dict[str, Any]:
    """Counts what the reader may see of what changed since yesterday began, by the reader's clock; each count leads to
    its list."""
    yesterday = timezone.localtime(now).date() - timedelta(days=1)
    since = timezone.make_aware(datetime.combine(yesterday, time.min))
    # As their list: who may not delete sees no flagged ones.
    airports = Airport.objects.all() if actor.has_perm("airports.delete_airport") else Airport.objects.live()
    # As the change log: a renaming is a line of its own.
    corrections = Correction.objects.filter(delivery__deleted_at=None, of_rename=None)
    moment = f"{since.astimezone(UTC):%Y-%m-%d %H:%M:%S+00:00}"
    log = listing("changes_recordedchange", kind="imports.citizen", since=f"{yesterday:%Y-%m-%d}")
    kinds = [
        (_("Corrections of residents"), "imports.view_correction", corrections.filter(corrected_at__gte=since), log),
        (
            _("Deliveries received"),
            "imports.view_import",
            Import.objects.live().filter(created_at__gte=since),
            listing("imports_import", created_at__gte=moment),
        ),
        (
            _("Airports changed"),
            "airports.view_airport",
            airports.filter(updated_at__gte=since),
            listing("airports_airport", updated_at__gte=moment),
        ),
    ]
    lines = [
        Line(name, labels.count(rows.count()), href)
        for name, permission, rows, href in kinds
        if actor.has_perm(permission)
    ]
    return {"since": since, "lines": lines}


def links(_actor: User) -> dict[str, Any]:
    """Shows the links that somebody can still confirm, those that expire first."""
    waiting = PendingChange.objects.waiting(timezone.now()).order_by("expires_at", "pk")
    next_ones = waiting.select_related("asked_by")[:MOST_LINES]
    return {"count": waiting.count(), "lines": [_link(one) for one in next_ones]}


def work(_actor: User) -> dict[str, Any]:
    """Shows queues, schedules and the parts that everything stands on; what is ill has the label `danger`.

    Without Redis it answers at once, and while Redis is frozen after half a second.
    """
    waiting, beat, connections = _queues(), seconds_since_beat(), database_connections()
    is_silent, is_away = beat is None or beat > BEAT_SILENT_SECONDS, waiting is None
    last = _("never sent") if beat is None else _("last sent %(seconds)s s ago") % {"seconds": _whole(beat)}
    is_full = connections["open"] >= connections["limit"]
    used = _("%(open)s of %(limit)s connections, %(size)s") % {
        "open": _whole(connections["open"]),
        "limit": _whole(connections["limit"]),
        "size": filesizeformat(database_bytes()),
    }
    schedules = listing("background_schedule")
    lines = [
        *(waiting or []),
        _state(_("Schedules"), is_silent, _("silent") if is_silent else _("running"), last, href=schedules),
        _state("Redis", is_away, _("away") if is_away else _("answers"), _("queues cannot be seen") if is_away else ""),
        _state(_("Database"), is_full, _("full") if is_full else _("answers"), used),
    ]
    return {"lines": lines}


def _queues() -> list[Line] | None:
    """Writes a line for each queue; None while Redis does not answer."""
    if not redis_answers():
        return None
    try:
        workers, found = workers_by_queue(), {queue.name: queue for queue in queues()}
    except (RedisError, OSError):
        # Gone between the two questions.
        return None
    return [_queue(found[name], int(workers[name])) for name in settings.BACKGROUND_QUEUES]


def _queue(queue: Queue, workers: int) -> Line:
    # Messages are in no list, and what they are about is in several: a link would promise too much.
    oldest = queue.oldest
    waits = (
        _("nothing waits") if oldest is None else _("the oldest waits for %(seconds)s s") % {"seconds": _whole(oldest)}
    )
    staff = ngettext("%(count)s worker", "%(count)s workers", workers) % {"count": _whole(workers)}
    return _state(
        _("Queue %(name)s") % {"name": queue.name},
        not workers,
        _("%(count)s waiting") % {"count": labels.count(queue.depth)},
        f"{staff}, {waits}",
    )


def _state(name: str, is_ill: bool, figure: str, detail: str, *, href: str = "") -> Line:
    return Line(name, figure, href, detail, "danger" if is_ill else "success")


def _delivery(one: Import) -> Line:
    href = reverse("admin:imports_import_change", args=[one.pk])
    percent = None
    detail = f"{one.source}, {_ago(one.created_at)}"
    if one.status == Status.LOADING and one.citizen_count:
        percent = min(100, 100 * one.processed // one.citizen_count)
        loaded = ngettext(
            "%(source)s, %(done)s of %(count)s resident",
            "%(source)s, %(done)s of %(count)s residents",
            one.citizen_count,
        )
        numbers = {"done": labels.count(one.processed), "count": labels.count(one.citizen_count)}
        detail = loaded % {"source": one.source, **numbers}
    return Line(
        _("Delivery %(number)s") % {"number": one.pk},
        one.get_status_display().lower(),
        href,
        detail,
        _LABELS.get(Status(one.status), ""),
        percent,
    )


def _block(one: Import) -> dict[str, str]:
    """Describes one of the last deliveries as Unfold's tracker wants it."""
    return {
        "href": reverse("admin:imports_import_change", args=[one.pk]),
        "tooltip": _("Delivery %(number)s of %(source)s: %(status)s, %(day)s")
        % {
            "number": one.pk,
            "source": one.source,
            "status": one.get_status_display(),
            "day": date_format(timezone.localtime(one.created_at)),
        },
        "color": _COLOURS.get(Status(one.status), "bg-base-300 dark:bg-base-600"),
    }


def _link(one: PendingChange) -> Line:
    href = reverse("admin:airports_pendingchange_change", args=[one.pk])
    what = _("Change airport %(number)s") % {"number": one.airport_id} if one.airport_id else _("Make an airport")
    left = timesince(timezone.now(), one.expires_at, depth=1)
    ago = _ago(one.created_at)
    asked = one.asked_by and _("asked by %(user)s, %(ago)s") % {"user": one.asked_by.get_username(), "ago": ago}
    return Line(what, _("%(time)s left") % {"time": left}, href, asked or ago)


def _ago(moment: datetime) -> str:
    return _("%(time)s ago") % {"time": timesince(moment, timezone.now(), depth=1)}


def _whole(number: float) -> str:
    return number_format(number, decimal_pos=0, force_grouping=True)
