"""Deliveries and their residents in the admin, to look at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from config.common.admin import ReadOnlyAdmin
from config.common.audit_admin import AuditedAdmin
from imports.models import Citizen, Correction, Import
from imports.resident_admin import ResidentRequestsAdmin


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    """Deliveries, newest first: how far they have come, and what was wrong with them."""

    list_display = ("id", "source", "status", "citizen_count", "progress", "created_at", "created_by", "completed_at")
    # Samples of residents are for those who may see them: the API knows.
    exclude = ("differences",)
    list_select_related = ("created_by",)
    list_filter = ("status",)
    search_fields = ("source",)
    show_full_result_count = False

    @admin.display(description="processed")
    def progress(self, row: Import) -> str:
        """Of the residents that are to be loaded, how many are."""
        return f"{100 * row.processed // row.citizen_count} %" if row.citizen_count else ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Import]:
        return Import.objects.live().order_by("-id")


@admin.register(Citizen)
class CitizenAdmin(ResidentRequestsAdmin, AuditedAdmin, ReadOnlyAdmin):
    """Residents of the deliveries that nobody deleted."""

    list_display = ("citizen_id", "delivery_id", "name", "town", "channel", "birth_date")
    list_filter = ("gender",)
    search_fields = ("=citizen_id", "name__istartswith")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Citizen]:
        return Citizen.objects.filter(delivery__deleted_at=None)


@admin.register(Correction)
class CorrectionAdmin(AuditedAdmin, ReadOnlyAdmin):
    """What was corrected, by whom."""

    list_display = ("id", "delivery_id", "citizen_id", "corrected_at", "corrected_by")
    list_select_related = ("corrected_by",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        return Correction.objects.filter(delivery__deleted_at=None)
