"""The tiles of the front page: who may see each, what it shows, and the list behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from analytics.dashboard import said
from analytics.dashboard.charts import channel_chart, trend_chart
from analytics.pages.filters import Filters
from analytics.pages.page import PLACE, freshness
from analytics.pages.sections.bars import opportunities
from analytics.pages.sections.figures import headline
from analytics.pages.sections.unplaced import towns_to_see, towns_to_settle
from analytics.services.asking import dashboard_work as work
from analytics.services.asking.dashboard import read_headline, read_opportunities, read_unplaced
from config.common.snapshots import snapshot

_ALL = Filters()
_DEMAND = frozenset({"analytics.view_importdemand"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the tiles. Who has any of the permissions `any_of` sees it; `wide`: of twelve columns."""

    key: str
    title: str
    wide: int
    any_of: frozenset[str]
    read: Callable[[User], dict[str, Any]]
    href: Callable[[], str]
    behind: str

    def is_for(self, actor: User) -> bool:
        """Whether `actor` sees it."""
        return any(actor.has_perm(permission) for permission in self.any_of)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile as its template wants it: `at` is when it was read, `shown` what it shows."""

    key: str
    title: str
    wide: int
    href: str
    behind: str
    refresh: str
    at: datetime
    shown: dict[str, Any]


def read_tile(*, kind: Kind, actor: User) -> Tile:
    """One tile as of now. The caller asked whether it is for `actor`."""
    at, shown = timezone.now(), kind.read(actor)
    refresh = reverse("dashboard-tile", args=[kind.key])
    return Tile(kind.key, kind.title, kind.wide, kind.href(), kind.behind, refresh, at, shown)


def read_tiles(*, actor: User) -> list[Tile]:
    """All that are for `actor`, of one moment."""
    with snapshot():
        return [read_tile(kind=kind, actor=actor) for kind in KINDS.values() if kind.is_for(actor)]


def _demand(actor: User) -> dict[str, Any]:
    found = read_headline(actor=actor)
    counted = {"freshness": freshness(found.total.meta)}
    if not found.total.rows:
        return counted
    return counted | {
        "headline": headline(found.total.rows[0], found.deliveries, _ALL),
        "trend": trend_chart(found.deliveries),
        "channels": channel_chart(found.channels.rows),
    }


def _opportunities(actor: User) -> dict[str, Any]:
    found = read_opportunities(actor=actor)
    filters = Filters(min_residents=found.min_residents)
    shown = opportunities(found.demand, filters, least=found.min_residents)
    return {"opportunities": shown, "least": found.min_residents}


def _unplaced(actor: User) -> dict[str, Any]:
    found = read_unplaced(actor=actor)
    towns = towns_to_settle(found.to_settle, _ALL) or towns_to_see(found.to_see, _ALL)
    return {"towns": towns, "count": found.count, "may_place": bool(found.to_settle) and actor.has_perm(PLACE)}


def _deliveries(_actor: User) -> dict[str, Any]:
    found = work.read_deliveries()
    return {
        # While something is on its way, the tile asks for itself again and again.
        "is_live": bool(found.under_way),
        "lines": said.delivery_lines(found),
        "counts": said.delivery_counts(found),
        "tracker": said.delivery_tracker(found),
    }


def _changes(actor: User) -> dict[str, Any]:
    found = work.read_changes(actor=actor)
    return {"lines": said.change_lines(found), "since": found.since}


def _links(_actor: User) -> dict[str, Any]:
    found = work.read_links()
    return {"lines": said.link_lines(found), "count": found.count}


def _work(_actor: User) -> dict[str, Any]:
    return {"lines": said.work_lines(work.read_work())}


def _kinds() -> list[Kind]:
    changes = frozenset({"imports.view_correction", "imports.view_import", "airports.view_airport"})
    return [
        Kind("demand", "Demand", 12, _DEMAND, _demand, _ALL.href, "Demand page"),
        Kind(
            "opportunities",
            "Where to advertise next",
            7,
            _DEMAND,
            _opportunities,
            lambda: _ALL.href("opportunities"),
            "All opportunities",
        ),
        Kind(
            "unplaced",
            "Towns that are not on the map",
            5,
            frozenset({"analytics.view_townplace"}),
            _unplaced,
            lambda: reverse("admin:analytics_townplace_unplaced"),
            "All towns",
        ),
        Kind(
            "deliveries",
            "Deliveries",
            7,
            frozenset({"imports.view_import"}),
            _deliveries,
            lambda: said.listing("imports_import"),
            "All deliveries",
        ),
        Kind("changes", "Since yesterday", 5, changes, _changes, lambda: said.listing("imports_import"), "Deliveries"),
        Kind(
            "work",
            "Workers and queues",
            7,
            frozenset({"common.view_lease"}),
            _work,
            lambda: said.listing("django_celery_beat_periodictask"),
            "Schedules",
        ),
        Kind(
            "links",
            "Links to confirm",
            5,
            frozenset({"airports.view_pendingchange"}),
            _links,
            said.waiting_links,
            "All that wait",
        ),
    ]


KINDS = {kind.key: kind for kind in _kinds()}
