"""Views of the page that somebody saved: what of its address is kept, and how many rows there are."""

from dataclasses import dataclass, fields
from typing import Any

from django.contrib.auth.models import User
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from analytics.pages.answers import count_segments
from analytics.pages.filters import Filters
from analytics.pages.query import PageQuery
from config.common.http.query import read_query
from config.common.problems import InvalidInput
from config.common.saved_views.pages import Page, page_called, register
from config.common.saved_views.services.change_views import SHARE
from config.common.saved_views.services.read_views import ShownView, views_of

NAME = "demand-page"


@dataclass(frozen=True, slots=True)
class SavedViews:
    """The views of the page; `query`: what would be saved now."""

    page: str
    query: str
    views: list[ShownView]
    may_share: bool


def saved_views(filters: Filters, actor: User) -> SavedViews:
    """Lists the views that `actor` may open."""
    query = filters.href().partition("?")[2]
    return SavedViews(NAME, query, views_of(page=page_called(NAME), actor=actor), actor.has_perm(SHARE))


def register_page() -> None:
    """Makes the views of the page ones that can be saved."""
    page: dict[str, Any] = {"name": NAME, "title": gettext_lazy("Who wants the next course?"), "count": _count}
    parameters = frozenset(field.name for field in fields(Filters)) - {"offset"}
    register(Page(**page, parameters=parameters, is_open=lambda actor: actor.has_perm("analytics.view_importdemand")))


def _count(actor: User, query: QueryDict) -> int | None:
    """Counts the segments in the list; None where the address is not right any more."""
    try:
        return count_segments(filters=Filters(**read_query(query, PageQuery)), actor=actor)
    except InvalidInput:
        return None
