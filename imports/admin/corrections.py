"""Corrections in the admin, to look at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from config.common.privacy.admin import AuditedAdmin
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.read_only import ReadOnlyAdmin
from imports.admin.list_title import ListTitleMixin
from imports.models import Correction


@admin.register(Correction)
class CorrectionAdmin(ListTitleMixin, AuditedAdmin, SavedListMixin, ReadOnlyAdmin):
    """What was corrected, by whom."""

    list_display = ("id", "delivery_id", "citizen_id", "corrected_at", "corrected_by", "carried_from")
    list_select_related = ("corrected_by",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        return Correction.objects.filter(delivery__deleted_at=None)
