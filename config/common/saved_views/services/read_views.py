"""Reads the saved views of a page, and those of a dashboard with how many rows each of them has."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import QueryDict

from config.common.saved_views.models import SavedView
from config.common.saved_views.pages import MOST_COUNTED, Page, open_pages
from config.common.saved_views.services.change_views import DELETE_OTHERS


@dataclass(frozen=True, slots=True)
class ShownView:
    """A view as its reader sees it. `query`: as it is saved. `is_own`: may be renamed and shared by the reader."""

    id: int
    name: str
    query: str
    href: str
    owner: str
    is_own: bool
    is_shared: bool
    is_pinned: bool
    may_delete: bool


@dataclass(frozen=True, slots=True)
class PinnedView:
    """A view on a dashboard. `count`: its rows, at most `MOST_COUNTED`, beyond which `is_more`; None where that cannot
    be said."""

    id: int
    name: str
    page: str
    href: str
    count: int | None
    is_more: bool


def views_of(*, page: Page, actor: User) -> list[ShownView]:
    """Lists the views of a page that the actor may open, by name, the actor's own and what others share."""
    found = SavedView.objects.visible_to(actor).with_pins(actor).filter(page=page.name).select_related("owner")
    may_delete = actor.has_perm(DELETE_OTHERS)
    return [
        ShownView(
            id=one.pk,
            name=one.name,
            query=one.query,
            href=page.href(one.query),
            owner=one.owner.get_username(),
            is_own=one.owner_id == actor.pk,
            is_shared=one.is_shared,
            is_pinned=vars(one)["is_pinned"],
            may_delete=may_delete or one.owner_id == actor.pk,
        )
        for one in found
    ]


def pinned_views(*, actor: User) -> Sequence[PinnedView]:
    """Lists what the actor pinned and may still open, by name."""
    pages = open_pages(actor)
    found = SavedView.objects.visible_to(actor).filter(pinned_by=actor, page__in=pages)
    return [_pinned(one, pages[one.page], actor) for one in found]


def _pinned(view: SavedView, page: Page, actor: User) -> PinnedView:
    number = page.count(actor, QueryDict(view.query))
    is_more = number is not None and number > MOST_COUNTED
    count = number if number is None else min(number, MOST_COUNTED)
    return PinnedView(view.pk, view.name, str(page.title), page.href(view.query), count, is_more)
