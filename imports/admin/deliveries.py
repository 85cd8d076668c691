"""Deliveries in the admin: where each stands, what was wrong with it, and what can be done about it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.formats import date_format, localize
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesCheckboxFilter

from config.common.background.models import Lease
from config.common.privacy.admin import recorded
from config.common.privacy.services.reads import What
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.filters import DaysFilter
from config.common.staff.read_only import ReadOnlyAdmin
from imports.admin.carry import CarryMixin
from imports.admin.columns import ColumnsMixin
from imports.admin.decisions import DecisionsMixin
from imports.admin.delivery_page import UNDER_WAY, page_context, percent_of
from imports.admin.list_title import ListTitleMixin
from imports.admin.mending import MendingMixin
from imports.admin.named_filters import SourceFilter
from imports.admin.remove import RemoveMixin
from imports.admin.rename import RenameMixin
from imports.admin.review_samples import residents_in
from imports.admin.undo import UndoRenameMixin
from imports.admin.upload import UploadMixin
from imports.admin.wrong_rows import WrongRowsMixin
from imports.models import Import
from imports.querysets import LEASE_PREFIX
from imports.services.loading.delivery_outcome import reason_of

_STATES_WITHOUT_RESIDENTS = (Import.Status.FAILED, Import.Status.CANCELLED, Import.Status.QUEUED)
# For whoever runs the servers.
_FACTS = (
    "media_type", "content_encoding", "read_as", "body_size", "attempts", "processed", "revision", "lease",
    "stops_when_checked", "stops_at_losses", "carries_corrections", "settled_at",
)  # fmt: skip


@admin.register(Import)
class DeliveryAdmin(
    ListTitleMixin,
    UploadMixin,
    ColumnsMixin,
    WrongRowsMixin,
    MendingMixin,
    DecisionsMixin,
    RemoveMixin,
    RenameMixin,
    UndoRenameMixin,
    CarryMixin,
    SavedListMixin,
    ReadOnlyAdmin,
):
    """Deliveries, newest first: how far they have come, and what was wrong with them."""

    list_display = ("id", "source", "outcome", "residents", "progress", "created_at", "created_by", "completed_at")
    list_select_related = ("created_by",)
    list_filter = (("status", ChoicesCheckboxFilter), SourceFilter, ("created_at", DaysFilter))
    list_filter_submit = True
    saved_parameters = ("status__exact", "source", "created_at_from", "created_at_to")
    search_fields = ("source__istartswith", "=id")
    show_full_result_count = False
    # Its own URL is the API's.
    view_on_site = False
    sortable_by = ("id", "source", "created_at")
    change_form_outer_before_template = "admin/imports/status.html"

    @admin.display(description=_("status"))
    def outcome(self, row: Import) -> str:
        """Where it stands, and of one that failed why, in a few words."""
        reason = reason_of(row)
        return f"{row.get_status_display()}: {reason}" if reason else row.get_status_display()

    @admin.display(description=_("residents"))
    def residents(self, row: Import) -> str:
        """How many came; nothing where none are known of."""
        return "" if row.status in _STATES_WITHOUT_RESIDENTS else localize(row.citizen_count, use_l10n=True)

    @admin.display(description=pgettext_lazy("a part of the whole", "processed"))
    def progress(self, row: Import) -> str:
        """Says how many of the residents that are to be loaded are, in percent."""
        return percent_of(row)

    @admin.display(description=_("lease"))
    def lease(self, row: Import) -> str:
        """Who is loading it, with the number that fences others off, and until when."""
        held = Lease.objects.filter(name=f"{LEASE_PREFIX}{row.pk}").first()
        if held is None:
            return ""
        return f"{held.holder}, {held.fence}, {date_format(localtime(held.expires_at), 'DATETIME_FORMAT')}"

    def get_fieldsets(self, request: HttpRequest, obj: Import | None = None) -> Any:
        # Of most deliveries these are empty.
        erased = ("erased_at", "scrubbed_at") if obj and obj.erased_at else ()
        facts = (_("Facts for operators"), {"classes": ("collapse",), "fields": [*_FACTS, *erased]})
        return [facts]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Import]:
        return Import.objects.live().order_by("-id")

    def get_urls(self) -> list[Any]:
        pages = {
            "step": self.step_view,
            "rejected": self.rejected_view,
            "correct": self.correct_view,
            "mend": self.mend_view,
            "columns": self.columns_view,
            "discard": self.discard_view,
            "erase": self.erase_view,
            "remove": self.remove_view,
            "rename": self.rename_view,
            "carry": self.carry_view,
        }
        urls = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"imports_import_{name}")
            for name, view in pages.items()
        ]
        template = path(
            "template.<str:format>", self.admin_site.admin_view(self.template_view), name="imports_template"
        )
        undo = self.admin_site.admin_view(self.undo_rename_view)
        undo_rename = path("undo-rename/<int:rename_id>/", undo, name="imports_import_undo_rename")
        return [template, undo_rename, *urls, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        # What is not there is the admin's own business: it leads back to the list.
        found = self.get_object(request, object_id) if self.has_view_permission(request) else None
        if found is not None and "HX-Request" in request.headers and found.status not in UNDER_WAY:
            # It is through: the whole page is another one now.
            return HttpResponse(headers={"HX-Refresh": "true"})
        context = {} if found is None else page_context(request, found)
        response = super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})
        residents = residents_in(found, context["samples"]) if found else set()
        answer = recorded(request, response, What.SAMPLES, residents)
        # Where the trail refused the page it shows nobody.
        wrong = {(found.pk, None)} if found and context["wrong"] and answer is response else set()
        return recorded(request, answer, What.REFUSED, wrong)
