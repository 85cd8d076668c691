"""Takes away what a list of the admin shows: searched, filtered, in its order, all of it or the chosen rows."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from config.common.db.in_chunks import read_in_chunks
from config.common.http.moments import moment
from config.common.http.tables import TABLE_FORMATS, marked, table_response
from config.common.problems import Problem

_ACTIONS = {"csv": _("Export the chosen as CSV"), "xlsx": _("Export the chosen as an Excel workbook")}

Table = tuple[Sequence[str], Iterator[Sequence[Any]]]


class ExportMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Adds links below the list, and two actions. Who may see the list may export it."""

    list_after_template = "admin/lists/export.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        export = path("export/<str:format>/", self.admin_site.admin_view(self.export_view), name=name)
        return [export, *super().get_urls()]

    def export_view(self, request: HttpRequest, format: str) -> HttpResponseBase:
        """The whole filtered list as a file."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        listing = request.path.removesuffix(f"export/{format}/")
        if format not in TABLE_FORMATS:
            return HttpResponseRedirect(listing)
        try:
            rows = self.listed_rows(self.get_changelist_instance(request))
        except IncorrectLookupParameters:
            # As the list does with an address that makes no sense.
            return HttpResponseRedirect(f"{listing}?e=1")
        return self._file(request, rows, format) or HttpResponseRedirect(f"{listing}?{request.GET.urlencode()}")

    def listed_rows(self, changes: Any) -> QuerySet[Any]:
        """All rows of a list, in its order."""
        rows: QuerySet[Any] = changes.queryset
        return rows

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        exports = {
            f"export_{format}": (partial(_export_chosen, format=format), f"export_{format}", label)
            for format, label in _ACTIONS.items()
        }
        return {**super().get_actions(request), **exports}

    def _file(self, request: HttpRequest, rows: QuerySet[Any], format: str) -> HttpResponseBase | None:
        """None: it was refused, which is said."""
        try:
            response = self.export_response(request, rows, format)
        except Problem as problem:
            messages.error(request, problem.detail)
            return None
        marked(response)
        return response

    def export_response(self, request: HttpRequest, rows: QuerySet[Any], format: str) -> HttpResponseBase:
        """The file. Raises `Problem`."""
        header, lines = self.export_table(request, rows)
        return table_response(format, name=str(self.opts.model_name), header=header, rows=lines)

    def export_table(self, request: HttpRequest, rows: QuerySet[Any]) -> Table:
        """The columns by their names in code, which are the same in every language, and the rows."""
        names = [name for name in self.get_list_display(request) if isinstance(name, str)]
        lines = ([self._cell(name, row) for name in names] for row in read_in_chunks(rows))
        return names, lines

    def _cell(self, name: str, row: Any) -> Any:
        value = lookup_field(name, row, self)[2]
        if isinstance(value, tuple):
            # As Unfold's labels have it: the word in code, which is the same in every language, and in people's.
            return value[0]
        if isinstance(value, SafeString):
            return strip_tags(value)
        if isinstance(value, datetime | date):
            return moment(value) if isinstance(value, datetime) else value.isoformat()
        return value if value is None or isinstance(value, int | float) else str(value)


def _export_chosen(
    page: ExportMixin, request: HttpRequest, rows: QuerySet[Any], *, format: str
) -> HttpResponseBase | None:
    return page._file(request, rows, format)
