"""Deliveries in the admin: where each stands, what was wrong with it, and what can be done about it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesCheckboxFilter, RangeDateFilter

from config.common.http.callers import acting
from config.common.privacy.admin import recorded
from config.common.privacy.services.reads import What
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.filters import PartFilter
from config.common.staff.read_only import ReadOnlyAdmin
from imports.admin.access import open_delivery
from imports.admin.carry import CarryMixin
from imports.admin.columns import ColumnsMixin, may_be_read_otherwise
from imports.admin.decisions import DecisionsMixin, decisions_of
from imports.admin.list_title import ListTitleMixin
from imports.admin.remove import RemoveMixin
from imports.admin.rename import RenameMixin
from imports.admin.review_samples import residents_in, samples_of
from imports.admin.undo import UndoRenameMixin
from imports.admin.upload import UploadMixin
from imports.admin.wrong_rows import WrongRowsMixin
from imports.models import Import, Rename
from imports.services.loading.review_delivery import visible_counts
from imports.services.loading.wrong_rows import is_mendable
from imports.services.residents.carry_corrections import replaces_corrections
from imports.services.residents.rename_value import MAY_RENAME

_UNDER_WAY = (Import.Status.QUEUED, Import.Status.LOADING)
_LATEST = 10
# Of a review, as they are read: how much there is, and what it would do.
_COUNTS = ("residents", "towns", "channels", "gone", "changed", "new")


class SourceFilter(PartFilter):
    """Of sources whose name has this in it."""

    title = _("source")
    parameter_name = column = "source"


@admin.register(Import)
class DeliveryAdmin(
    ListTitleMixin,
    UploadMixin,
    ColumnsMixin,
    WrongRowsMixin,
    DecisionsMixin,
    RemoveMixin,
    RenameMixin,
    UndoRenameMixin,
    CarryMixin,
    SavedListMixin,
    ReadOnlyAdmin,
):
    """Deliveries, newest first: how far they have come, and what was wrong with them."""

    list_display = ("id", "source", "status", "citizen_count", "progress", "created_at", "created_by", "completed_at")
    # What the page shows in its own way, and samples of residents: those are for whoever may see them.
    exclude = (
        "differences", "errors", "more_errors", "review", "processed", "read_as",
        "wrong_rows", "is_draft", "left_out",
        # They change while one looks, and only the part above asks again.
        "status", "citizen_count", "completed_at", "settled_at",
        # What is deleted has no page.
        "deleted_at",
    )  # fmt: skip
    list_select_related = ("created_by",)
    list_filter = (("status", ChoicesCheckboxFilter), SourceFilter, ("created_at", RangeDateFilter))
    list_filter_submit = True
    saved_parameters = ("status__exact", "source", "created_at_from", "created_at_to")
    search_fields = ("source__istartswith", "=id")
    show_full_result_count = False
    # Its own URL is the API's.
    view_on_site = False
    sortable_by = ("id", "source", "created_at")
    change_form_outer_before_template = "admin/imports/status.html"

    @admin.display(description="processed")
    def progress(self, row: Import) -> str:
        """Says how many of the residents that are to be loaded are, in percent."""
        return _percent(row)

    def get_exclude(self, request: HttpRequest, obj: Import | None = None) -> tuple[str, ...]:
        # Of most deliveries these are empty.
        return self.exclude if obj and obj.erased_at else (*self.exclude, "erased_at", "scrubbed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Import]:
        return Import.objects.live().order_by("-id")

    def get_urls(self) -> list[Any]:
        pages = {
            "step": self.step_view,
            "rejected": self.rejected_view,
            "correct": self.correct_view,
            "columns": self.columns_view,
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
        context = {} if found is None else _context(request, found)
        response = super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})
        residents = residents_in(found, context["samples"]) if found else set()
        answer = recorded(request, response, What.SAMPLES, residents)
        # Where the trail refused the page it shows nobody.
        wrong = {(found.pk, None)} if found and context["wrong"] and answer is response else set()
        return recorded(request, answer, What.REFUSED, wrong)


def _percent(row: Import) -> str:
    return f"{100 * row.processed // row.citizen_count} %" if row.citizen_count else ""


def _context(request: HttpRequest, found: Import) -> dict[str, Any]:
    user = acting(request)
    is_open = open_delivery(request, str(found.pk)) is not None
    is_complete = found.status == Import.Status.COMPLETE
    citizens = f"{reverse('admin:imports_citizen_changelist')}?delivery__id__exact={found.pk}"
    may_correct = is_open and is_complete and user.has_perm(MAY_RENAME)
    counts = visible_counts(found=found, actor=user) if found.review else {}
    return {
        "delivery": found,
        "title": str(found),
        "is_under_way": found.status in _UNDER_WAY,
        "steps": decisions_of(request, found) if is_open else [],
        "citizens_url": citizens if is_open and is_complete else "",
        "has_rejected": is_open and is_mendable(found),
        "wrong": found.wrong_rows if is_open and found.wrong_rows and found.wrong_rows["wrong"] else None,
        "may_load": user.has_perm("imports.add_import"),
        "may_say_columns": is_open and user.has_perm("imports.add_import") and may_be_read_otherwise(found),
        "may_remove": user.has_perm("imports.delete_import"),
        "may_rename": may_correct,
        "may_carry": may_correct and replaces_corrections(found),
        "renames": Rename.objects.filter(delivery=found).select_related("asked_by")[:_LATEST] if may_correct else [],
        "percent": _percent(found),
        "review": [(name, counts[name]) for name in _COUNTS if counts.get(name) is not None],
        "hides_comparison": bool(counts) and counts["changed"] is None,
        "compared_with": counts.get("compared_with"),
        "samples": samples_of(found, actor=user),
    }
