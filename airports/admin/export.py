"""Exports of the list as somebody sees it: searched, filtered, in its order."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from airports.api.responses import airports_csv, airports_xlsx
from config.common.http.tables import marked

_WRITERS: dict[str, Callable[[Any], HttpResponseBase]] = {"csv": airports_csv, "xlsx": airports_xlsx}


class ExportMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Adds links below the list, with its search, filters and order. Who may see the list may export it."""

    list_after_template = "admin/airports/export.html"

    def get_urls(self) -> list[URLPattern]:
        export = path("export/<str:format>/", self.admin_site.admin_view(self.export_view), name="airports_export")
        return [export, *super().get_urls()]

    def export_view(self, request: HttpRequest, format: str) -> HttpResponseBase:
        """The whole filtered list as a file."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        listing = reverse("admin:airports_airport_changelist")
        if format not in _WRITERS:
            return HttpResponseRedirect(listing)
        try:
            rows: Any = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            # As the list does with an address that makes no sense.
            return HttpResponseRedirect(f"{listing}?e=1")
        response = _WRITERS[format](rows)
        marked(response)
        return response
