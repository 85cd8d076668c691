"""Lists of the admin whose filters are saved as views."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from config.common.http.callers import acting
from config.common.saved_views.pages import MOST_COUNTED, Page, register
from config.common.saved_views.services.change_views import LONGEST_NAME, SHARE
from config.common.saved_views.services.read_views import views_of
from config.common.staff.export import ExportMixin


class SavedListMixin(ExportMixin):
    """A list to take away and whose filters can be saved: above it stand the views of its page."""

    # The names of its filters in the address, beside the search and the order.
    saved_parameters: ClassVar[Collection[str]] = ()
    list_before_template = "admin/lists/views.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.saved_page = Page(
            name=f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist",
            title=self.opts.verbose_name_plural,
            parameters=frozenset({SEARCH_VAR, ORDER_VAR, *self.saved_parameters}),
            is_open=self._is_open,
            count=self._count,
        )
        register(self.saved_page)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        page, actor = self.saved_page, acting(request)
        panel = {}
        if request.method == "GET" and page.is_open(actor):
            panel = {
                "saved_views": views_of(page=page, actor=actor),
                "saved_page": page.name,
                "saved_query": page.known_part(request.GET.urlencode()),
                "may_share_views": actor.has_perm(SHARE),
                "longest_name": LONGEST_NAME,
            }
        response: HttpResponseBase = super().changelist_view(request, {**panel, **(extra_context or {})})
        return response

    def _is_open(self, actor: User) -> bool:
        return bool(self.has_view_or_change_permission(_asking(actor, QueryDict())))

    def _count(self, actor: User, query: QueryDict) -> int | None:
        try:
            changes = self.get_changelist_instance(_asking(actor, query))
        except IncorrectLookupParameters:
            # A filter of that time is none any more.
            return None
        return min(self.rows_listed(changes), MOST_COUNTED + 1)

    def rows_listed(self, changes: Any) -> int:
        """How many rows the whole list has."""
        return int(changes.result_count)


def _asking(actor: User, query: QueryDict) -> HttpRequest:
    """A request of `actor` for a list, as far as a list looks at it."""
    request = HttpRequest()
    request.method, request.user = "GET", actor
    request.GET = query  # type: ignore[assignment]  # one that may be changed does too
    return request
