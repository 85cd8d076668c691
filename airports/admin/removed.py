"""Airports that were deleted for good: they live in the history only."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse

from airports.models import Airport
from airports.querysets import SEARCHED
from config.common.staff.read_only import ReadOnlyAdmin
from config.common.staff.searching import FoldedSearchMixin

HistoricalAirport: Any = Airport.history.model


@admin.register(HistoricalAirport)
class RemovedAirportAdmin(FoldedSearchMixin, ReadOnlyAdmin):
    """The last entry of each; its page is the airport's history, from where it can be made again."""

    list_display = ("name", "city", "country", "iata", "icao", "history_date", "history_user", "history_change_reason")
    list_select_related = ("history_user",)
    search_fields = ("name__folded", "city__folded", "country__folded", "=iata", "=icao")
    exact_fields = SEARCHED
    ordering = ("-history_id",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        present = Airport.objects.filter(pk=OuterRef("id"))
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(~Exists(present), history_type="-")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The history of the airport."""
        entry = self.get_object(request, object_id)
        if entry is not None and self.has_view_permission(request, entry):
            of_airports: Any = self.admin_site.get_model_admin(Airport)
            history: HttpResponse = of_airports.history_view(request, str(entry.id))
            return history
        # Django's own refusals.
        answer: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return answer
