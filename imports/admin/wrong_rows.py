"""The wrong rows of a delivery: to take away, and to send again when they are mended; and tables to fill in."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminFileFieldWidget

from config.common.background.single import single_run
from config.common.http.callers import acting
from config.common.http.tables import TABLE_FORMATS, xlsx_response
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import Problem, TooMany
from config.common.wizard.template import template_response
from imports.admin.access import may_see_residents, open_delivery
from imports.admin.mending import told
from imports.documents.template import ADVICE, examples, explained
from imports.fields import NAMES
from imports.models import Import
from imports.services.loading.correct_rows import correct_rows
from imports.services.loading.wrong_rows import is_mendable, wrong_table


class CorrectedForm(forms.Form):
    """The mended rows."""

    file = forms.FileField(
        label=gettext_lazy("Corrected rows"),
        help_text=gettext_lazy("The workbook of the wrong rows, mended (XLSX), or the same as CSV."),
        widget=UnfoldAdminFileFieldWidget,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("The file may have %(bytes)s bytes at most.") % {"bytes": localize(settings.IMPORT_MAX_BYTES)}
            )
        return file


class WrongRowsMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Downloads of a delivery that failed for single rows, and the way back in."""

    def rejected_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """All wrong rows in the columns of their file, and why, as a workbook."""
        found = self._mendable(request, object_id)
        try:
            # The largest takes more than a minute: it may have one thread of the web server, and no other.
            with single_run("imports.wrong_rows") as alone:
                if alone:
                    return _workbook(request, found)
            raise TooMany(_("The wrong rows of a delivery are being written for somebody: try again in a minute."))
        except Problem as problem:
            messages.error(request, problem.detail)
            return HttpResponseRedirect(_page_of(found))

    def correct_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes the mended rows."""
        found = self._mendable(request, object_id)
        if not self.has_upload_permission(request):
            raise PermissionDenied
        if not is_mendable(found):
            messages.warning(request, _("There is nothing to correct: the file of this delivery is not kept any more."))
            return HttpResponseRedirect(_page_of(found))
        form = CorrectedForm(request.POST or None, request.FILES or None)
        errors = list[Any]()
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                made = correct_rows(
                    import_id=found.pk, content=file.read(), name=file.name or "", actor=acting(request)
                )
            except Problem as problem:
                form.add_error("file", problem.detail)
                errors = problem.errors
            else:
                messages.success(request, told(made))
                return HttpResponseRedirect(_page_of(made.delivery))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Corrected rows of %(delivery)s") % {"delivery": found},
            "delivery": found,
            "form": form,
            "errors": errors,
        }
        return TemplateResponse(request, "admin/imports/correct.html", context)

    def template_view(self, request: HttpRequest, format: str) -> HttpResponseBase:
        """A table to fill in, as a workbook with a sheet that explains it, or as CSV."""
        if not self.has_upload_permission(request):
            raise PermissionDenied
        if format not in TABLE_FORMATS:
            raise Http404
        return template_response(
            format, title="Residents", header=NAMES, examples=examples(), advice=ADVICE, explained=explained()
        )

    def _mendable(self, request: HttpRequest, object_id: str) -> Import:
        if not may_see_residents(request):
            raise PermissionDenied
        found = open_delivery(request, object_id)
        if found is None:
            raise Http404
        return found


def _workbook(request: HttpRequest, found: Import) -> HttpResponseBase:
    table = wrong_table(import_id=found.pk, actor=acting(request))
    record_read(reader=Reader.of(request), what=What.REFUSED, residents=[(found.pk, None)], form="xlsx")
    return xlsx_response(name=f"delivery-{found.pk}-wrong-rows", header=table.header, rows=table.rows)


def _page_of(found: Import) -> str:
    return reverse("admin:imports_import_change", args=(found.pk,))
