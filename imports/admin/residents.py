"""Residents in the admin: found within a delivery, corrected one at a time."""

import copy
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.common.db.in_chunks import read_in_chunks
from config.common.http.callers import acting
from config.common.privacy.admin import AuditedAdmin
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import Problem
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.export import Table
from imports.admin.access import may_see_residents, open_delivery
from imports.admin.find_person import FindPersonMixin
from imports.admin.history import history_of
from imports.admin.list_title import ListTitleMixin
from imports.admin.long_lists import LongListsMixin, named_on_page, without_long_lists
from imports.admin.resident_changes import sentences
from imports.admin.resident_form import ResidentForm, label
from imports.admin.resident_list import ResidentChangeList, first_page
from imports.admin.resident_search import SAVED, SEGMENT
from imports.admin.undo import UndoCorrectionMixin
from imports.fields import NAMES, written
from imports.models import Citizen, Import
from imports.services.residents.correct_resident import correct_resident, version_of
from imports.services.residents.find_in_delivery import suggested_residents


@admin.register(Citizen)
class ResidentAdmin(ListTitleMixin, FindPersonMixin, UndoCorrectionMixin, LongListsMixin, AuditedAdmin, SavedListMixin):
    """Residents of deliveries whose residents the user may see. They come and go with their delivery."""

    form = ResidentForm
    list_display = ("citizen_id", "name", "town", "channel", "gender", "birth_date")
    list_display_links = ("citizen_id", "name")
    # A page costs what its rows cost, and each of them is a line in the trail of reads.
    list_per_page = 25
    sortable_by = list_display
    saved_parameters = SAVED
    list_before_template = "admin/imports/citizen_search.html"
    change_form_outer_before_template = "admin/imports/citizen_top.html"
    change_form_outer_after_template = "admin/imports/citizen_history.html"
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_see_residents(request)

    def has_view_permission(self, request: HttpRequest, obj: Citizen | None = None) -> bool:
        return may_see_residents(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Citizen | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Citizen | None = None) -> bool:
        return may_see_residents(request) and acting(request).has_perm("imports.change_citizen")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Citizen]:
        open_ones = Import.objects.whose_citizens_are_open_to(acting(request))
        return Citizen.objects.filter(delivery__in=open_ones.filter(status=Import.Status.COMPLETE))

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        # An id tells residents of one delivery.
        return (*self.list_display, "delivery_number") if SEGMENT in request.GET else self.list_display

    # Django would make an English label of the column's name.
    @admin.display(description=gettext_lazy("delivery id"))
    def delivery_number(self, row: Citizen) -> int:
        """Of which delivery they are."""
        return row.delivery_id

    def rows_listed(self, changes: Any) -> int:
        return int(changes.total)

    def listed_rows(self, changes: Any) -> QuerySet[Citizen]:
        rows: QuerySet[Citizen] = changes.queryset
        return rows.order_by(*changes.ordering) if changes.ordering and not changes.is_long else rows

    def export_table(self, request: HttpRequest, rows: QuerySet[Citizen]) -> Table:
        """As a delivery has them; those of several with the numbers of theirs."""
        before = ("import_id",) if SEGMENT in request.GET else ()
        lines = (_cells(row, before) for row in read_in_chunks(rows))
        return (*before, *NAMES), lines

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ResidentChangeList]:
        return ResidentChangeList

    def get_form(self, request: HttpRequest, obj: Citizen | None = None, change: bool = False, **kwargs: Any) -> Any:
        # Who may only look gets no form: the page shows the values.
        if not self.has_change_permission(request, obj):
            kwargs["form"] = ModelForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Citizen | None = None) -> list[str]:
        # Who may only look gets no form, so no version that it was made from.
        version_field = ("known_version",) if self.has_change_permission(request, obj) else ()
        return without_long_lists((*ResidentForm.Meta.fields, *version_field), obj)

    def named_on_page(self, row: Citizen) -> list[int]:
        return named_on_page(row)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.suggest_view)
        undo = self.admin_site.admin_view(self.undo_view)
        return [
            path("suggest/<str:import_id>/", view, name="imports_citizen_suggest"),
            path("undo/<int:correction_id>/", undo, name="imports_citizen_undo"),
            *super().get_urls(),
        ]

    def suggest_view(self, request: HttpRequest, import_id: str) -> JsonResponse:
        """A few residents of the delivery by the beginning of their names, or by id, as the form's lists ask for
        them."""
        found = open_delivery(request, import_id)
        if not self.has_change_permission(request) or found is None:
            raise PermissionDenied
        rows = suggested_residents(import_id=found.pk, who=request.GET.get("term", "").strip().replace("\0", ""))
        residents = [(row.delivery_id, row.citizen_id) for row in rows]
        record_read(reader=Reader.of(request), what=What.LISTED, residents=residents, form="json")
        results = [{"id": str(row.citizen_id), "text": f"{label(row)}, {row.town}"} for row in rows]
        return JsonResponse({"results": results, "pagination": {"more": False}})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        response = super().changelist_view(request, extra_context)
        if getattr(response, "url", "") == f"{request.path}?{ERROR_FLAG}=1":
            messages.info(request, _("There is no such page: this is the first one."))
            return HttpResponseRedirect(first_page(request))
        if (context := getattr(response, "context_data", None)) and "cl" in context:
            context["offered"] = context["cl"].offered(request)
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        def answer() -> HttpResponse:
            response: HttpResponse = super(ResidentAdmin, self).change_view(request, object_id, form_url, extra_context)
            if (context := getattr(response, "context_data", None)) and context.get("original"):
                context["corrections"] = history_of(context["original"])
                context["may_undo"] = self.has_change_permission(request)
            return response

        return _or_message(request, answer)

    def save_model(self, request: HttpRequest, obj: Citizen, form: ResidentForm, change: bool) -> None:
        if not form.patch_is_empty:
            before = copy.copy(obj)
            obj.__dict__.update(_corrected(request, obj, form).__dict__)
            for sentence in sentences(before, obj):
                messages.info(request, sentence)

    def response_change(self, request: HttpRequest, obj: Citizen) -> HttpResponse:
        # The version that the form was made from, or, after a correction, another.
        if version_of(obj) != request.POST.get("known_version"):
            response: HttpResponse = super().response_change(request, obj)
            return response
        messages.info(request, _("Nothing was changed: %(resident)s stays as it was.") % {"resident": label(obj)})
        if "_continue" in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        back: HttpResponse = self.response_post_save_change(request, obj)
        return back

    def log_change(self, request: HttpRequest, obj: Citizen, message: Any) -> None:
        """Corrections are the log."""


def _cells(row: Citizen, before: tuple[str, ...]) -> list[Any]:
    values = written(row).values()
    cells = [" ".join(map(str, value)) if isinstance(value, list) else value for value in values]
    return [row.delivery_id, *cells] if before else cells


def _corrected(request: HttpRequest, citizen: Citizen, form: ResidentForm) -> Citizen:
    return correct_resident(
        import_id=citizen.delivery_id,
        citizen_id=citizen.citizen_id,
        patch=form.patch,
        actor=acting(request),
        known=form.cleaned_data["known_version"],
    )


def _or_message(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """A refusal that the form could not foresee, since another wrote between its check and the save."""
    try:
        return answer()
    except Problem as problem:
        messages.error(request, " ".join(dict.fromkeys([problem.detail, *(error.detail for error in problem.errors)])))
        return HttpResponseRedirect(request.path)
