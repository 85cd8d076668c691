"""The tiles of the front page: who may see each, what is on it, and the list behind it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.dashboard.work import changes, deliveries, links, listing, work
from analytics.pages.filters import Filters
from analytics.pages.page import PLACE, freshness
from analytics.pages.sections.headline import headline
from analytics.pages.sections.unplaced import towns_to_see, towns_to_settle
from analytics.services.asking.dashboard import read_headline, read_unplaced
from config.common.db.snapshots import snapshot
from config.common.saved_views.services.read_views import pinned_views

_ALL = Filters()
_DEMAND = frozenset({"analytics.view_importdemand"})
_UNPLACED = _("Towns that are not on the map")
VIEWS = "views"
_CHANGES = frozenset({"imports.view_correction", "imports.view_import", "airports.view_airport"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the tiles. Who has any of the permissions `any_of` sees it; `wide`: of twelve columns."""

    key: str
    title: str | Promise
    wide: int
    any_of: frozenset[str]
    read: Callable[[User], dict[str, Any]]
    href: Callable[[], str]
    behind: str | Promise

    def is_for(self, actor: User) -> bool:
        """Whether `actor` sees it."""
        return any(actor.has_perm(permission) for permission in self.any_of)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile as its template wants it: `at` is when its `content` was read."""

    key: str
    title: str | Promise
    wide: int
    href: str
    behind: str | Promise
    refresh: str
    at: datetime
    content: dict[str, Any]


def read_tile(*, kind: Kind, actor: User) -> Tile:
    """Reads one tile as of now. The caller asked whether it is for `actor`."""
    at, content = timezone.now(), kind.read(actor)
    refresh = reverse("dashboard-tile", args=[kind.key])
    return Tile(kind.key, kind.title, kind.wide, kind.href(), kind.behind, refresh, at, content)


def read_tiles(*, actor: User) -> list[Tile]:
    """Reads all that are for `actor`, of one moment."""
    with snapshot():
        tiles = [
            read_tile(kind=_AT_FIRST.get(key, kind), actor=actor) for key, kind in KINDS.items() if kind.is_for(actor)
        ]
    # Who pinned nothing has no tile of it.
    return [tile for tile in tiles if tile.key != VIEWS or tile.content["views"]]


def _demand(actor: User) -> dict[str, Any]:
    total, deliveries = read_headline(actor=actor)
    figures = headline(total.rows[0], deliveries, _ALL) if total.rows else None
    return {"freshness": freshness(total.meta), "headline": figures}


def _unplaced(actor: User) -> dict[str, Any]:
    found = read_unplaced(actor=actor)
    towns = towns_to_settle(found.to_settle) or towns_to_see(found.to_see)
    return {"towns": towns, "count": found.count, "may_place": bool(found.to_settle) and actor.has_perm(PLACE)}


def _views(actor: User) -> dict[str, Any]:
    return {"views": pinned_views(actor=actor)}


def _uncounted_views(actor: User) -> dict[str, Any]:
    return {"views": pinned_views(actor=actor, with_counts=False), "is_pending": True}


def _list(name: str, **filters: object) -> Callable[[], str]:
    return lambda: listing(name, **filters)


def _unplaced_page() -> str:
    return reverse("admin:analytics_townplace_unplaced")


def _kinds() -> list[Kind]:
    one, imports = frozenset, _list("imports_import")
    charts, schedules = _("Charts, map and list"), _list("background_schedule")
    waiting = _list("airports_pendingchange", state="waiting")
    return [
        Kind("demand", _("Demand"), 12, _DEMAND, _demand, _ALL.href, charts),
        Kind(VIEWS, _("Pinned views"), 12, _DEMAND, _views, _ALL.href, ""),
        Kind("deliveries", _("Deliveries"), 7, one({"imports.view_import"}), deliveries, imports, _("All deliveries")),
        Kind("unplaced", _UNPLACED, 5, one({"analytics.view_townplace"}), _unplaced, _unplaced_page, _("All towns")),
        Kind("work", _("Workers and queues"), 7, one({"background.view_lease"}), work, schedules, _("Schedules")),
        Kind("changes", _("Since yesterday"), 7, _CHANGES, changes, imports, _("Deliveries")),
        Kind(
            "links", _("Links to confirm"), 5, one({"airports.view_pendingchange"}), links, waiting, _("All that wait")
        ),
    ]


KINDS = {kind.key: kind for kind in _kinds()}
# What takes long is asked for by the page when it is there.
_AT_FIRST = {VIEWS: replace(KINDS[VIEWS], read=_uncounted_views)}
