"""The pages of the admin that take a file of airports: a thin face of the upload service."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from airports.admin.differences import differences_csv, what
from airports.admin.formatting import Difference, differences, label
from airports.admin.wrong_rows import wrong_xlsx
from airports.csv.reading import Reading, guessed_columns
from airports.csv.template import ADVICE, EXAMPLES, explained
from airports.fields import NAMES
from airports.models import KeptUpload
from airports.services.keep_upload import (
    forget_upload,
    head_of,
    keep_upload,
    kept_upload,
    read_upload,
    reading_of,
    take_upload,
)
from airports.services.upload_airports import UploadResult, upload_airports
from config.common.http.callers import acting
from config.common.problems import InvalidInput, NoSpace, NotFound, TooLarge
from config.common.texts import said, spoken
from config.common.wizard.form import MOST_COLUMNS, ColumnsForm
from config.common.wizard.template import template_response

_COUNTS = {
    "rows": gettext_lazy("rows"),
    "created": pgettext_lazy("how many", "created"),
    "updated": gettext_lazy("updated"),
    "unchanged": gettext_lazy("unchanged"),
    "displaced": gettext_lazy("displaced"),
    "skipped_deleted": gettext_lazy("skipped, deleted"),
}
_NAMED = 10
_LIST = "admin:airports_airport_changelist"


class UploadForm(forms.Form):
    """The file, and what becomes of its good rows when others are wrong."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV in the layout of OpenFlights, with or without its header row; the preview reads Excel workbooks "
            "(XLSX) and other columns too."
        ),
        widget=UnfoldAdminFileFieldWidget,
    )
    on_error = forms.ChoiceField(
        label=gettext_lazy("If a row is wrong"),
        choices=[("fail", gettext_lazy("store nothing")), ("skip", gettext_lazy("store the good rows"))],
        widget=UnfoldAdminSelectWidget,
    )

    def clean_file(self) -> Any:
        """Raises `ValidationError` for a file beyond the limit of the API."""
        file = self.cleaned_data["file"]
        if file.size > settings.AIRPORTS_MAX_BYTES:
            raise forms.ValidationError(
                _("The file may have %(limit)s bytes at most.") % {"limit": number_format(settings.AIRPORTS_MAX_BYTES)}
            )
        return file


class UploadMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Adds the pages and the button that leads to them, for those who may make and change airports."""

    actions_list = ("upload_file",)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("upload/<int:upload_id>/", wrap(self.preview_view), name="airports_upload_preview"),
            path("upload/<int:upload_id>/wrong.xlsx", wrap(self.wrong_view), name="airports_upload_wrong"),
            path("template.<str:format>", wrap(self.template_view), name="airports_template"),
            path("upload/<int:upload_id>/rows.csv", wrap(self.rows_view), name="airports_upload_rows"),
            *super().get_urls(),
        ]

    def has_upload_permission(self, request: HttpRequest, *_: Any) -> bool:
        """May make and change airports."""
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    @action(description=gettext_lazy("Upload a file"), url_path="upload", icon="upload", permissions=["upload"])  # type: ignore[untyped-decorator]  # unfold has no types
    def upload_file(self, request: HttpRequest) -> HttpResponse:
        """Shows the form; takes a file in, or keeps it and leads to what it would do."""
        form = UploadForm(request.POST or None, request.FILES or None)
        preview = None
        if request.method == "POST" and form.is_valid():
            file, on_error = form.cleaned_data["file"], form.cleaned_data["on_error"]
            try:
                if "preview" in request.POST:
                    kept = keep_upload(stream=file, name=file.name, on_error=on_error, actor=acting(request))
                    return HttpResponseRedirect(reverse("admin:airports_upload_preview", args=[kept.pk]))
                return _taken(request, upload_airports(stream=file, actor=acting(request), on_error=on_error))
            except (InvalidInput, NoSpace) as refusal:
                preview = _refused(refusal)
        return self._page(request, _("Upload airports"), form=form, preview=preview)

    def preview_view(self, request: HttpRequest, upload_id: int) -> HttpResponse:
        """What the kept file would do, and two buttons: take it in, or forget it."""
        if not self.has_upload_permission(request):
            raise PermissionDenied
        try:
            kept = kept_upload(upload_id=upload_id, actor=acting(request))
            if request.method != "POST":
                return self._preview(request, kept, kept.preview)
            if "read" in request.POST:
                return self._read(request, kept)
            return self._decide(request, kept)
        except NotFound as gone:
            messages.warning(request, gone.detail)
            return HttpResponseRedirect(reverse("admin:airports_airport_upload_file"))

    def rows_view(self, request: HttpRequest, upload_id: int) -> HttpResponseBase:
        """All that the kept file would change by now, of which the page shows the first, as a file."""
        return self._download(request, upload_id, differences_csv)

    def wrong_view(self, request: HttpRequest, upload_id: int) -> HttpResponseBase:
        """All wrong rows of the kept file, and why, as a workbook."""
        return self._download(request, upload_id, wrong_xlsx)

    def _download(self, request: HttpRequest, upload_id: int, make: Callable[..., FileResponse]) -> HttpResponseBase:
        if not self.has_upload_permission(request):
            raise PermissionDenied
        try:
            return make(upload_id=upload_id, actor=acting(request))
        except (InvalidInput, NoSpace, TooLarge) as refusal:
            messages.warning(request, refusal.detail)
            return HttpResponseRedirect(reverse("admin:airports_upload_preview", args=[upload_id]))
        except NotFound as gone:
            messages.warning(request, gone.detail)
            return HttpResponseRedirect(reverse("admin:airports_airport_upload_file"))

    def template_view(self, request: HttpRequest, format: str) -> HttpResponseBase:
        """A file to fill in, as a workbook with a sheet that explains it, or as CSV."""
        if not self.has_upload_permission(request):
            raise PermissionDenied
        return template_response(
            format, title=_("Airports"), header=NAMES, examples=EXAMPLES, advice=ADVICE, explained=explained()
        )

    def _read(self, request: HttpRequest, kept: KeptUpload) -> HttpResponse:
        """Reads the file as the form says, and shows what it would do then."""
        has_header = "has_header" in request.POST
        form = columns_form(kept, request.POST, has_header=has_header)
        if form is None or not form.is_bound or not form.is_valid():
            return self._preview(request, kept, kept.preview, form=form, has_header=has_header)
        on_error: Any = "skip" if request.POST["read"] == "good" else "fail"
        reading = Reading(form.columns, has_header)
        read_upload(upload_id=kept.pk, actor=acting(request), reading=reading, on_error=on_error)
        return HttpResponseRedirect(reverse("admin:airports_upload_preview", args=[kept.pk]))

    def _decide(self, request: HttpRequest, kept: KeptUpload) -> HttpResponse:
        if "take" not in request.POST:
            forget_upload(upload_id=kept.pk, actor=acting(request))
            messages.info(request, _("Cancelled: nothing was stored, and the file is forgotten."))
            return HttpResponseRedirect(reverse(_LIST))
        try:
            return _taken(request, take_upload(upload_id=kept.pk, actor=acting(request)))
        except (InvalidInput, NoSpace) as refusal:
            return self._preview(request, kept, _refused(refusal))

    def _preview(
        self,
        request: HttpRequest,
        kept: KeptUpload,
        preview: dict[str, Any],
        *,
        form: ColumnsForm | None = None,
        has_header: bool | None = None,
    ) -> HttpResponse:
        if has_header is None:
            has_header = reading_of(kept).has_header
            form = columns_form(kept, None, has_header=has_header)
        preview = spoken(preview)
        preview["errors"] = [error | {"place": _place(error["place"])} for error in preview["errors"]]
        counts = preview.get("counts", {})
        rows = [{**row, "changes": _in_order(row["changes"]), "what": what(row)} for row in preview["differences"]]
        total = sum(counts.get(name, 0) for name in ("created", "updated", "displaced"))
        return self._page(
            request,
            _("Preview: %(name)s") % {"name": kept.name},
            kept=kept,
            preview=preview,
            columns_form=form,
            has_header=has_header,
            rows=rows,
            counts=_counted(counts),
            total=total,
        )

    def _page(self, request: HttpRequest, title: str, **context: Any) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, "admin/airports/upload.html", context)


def columns_form(kept: KeptUpload, data: Any, *, has_header: bool) -> ColumnsForm | None:
    """The choice of columns of a kept file; None where it is no table."""
    head, reading = head_of(kept, has_header=has_header), reading_of(kept)
    if not 0 < len(head.names) <= MOST_COLUMNS:
        return None
    is_said = len(reading.columns) == len(head.names) and reading.has_header == has_header
    return ColumnsForm(
        data,
        names=head.names,
        rows=head.rows,
        fields={name: label(name) for name in NAMES},
        needed=NAMES,
        guess=reading.columns if is_said else guessed_columns(head),
    )


def _in_order(changes: dict[str, Any]) -> list[Difference]:
    """In the order of the fields, which the database does not keep in JSON."""
    return differences({name: changes[name] for name in NAMES if name in changes})


def _taken(request: HttpRequest, result: UploadResult) -> HttpResponse:
    became = _counted({name: getattr(result, name) for name in list(_COUNTS)[1:]})
    # Where a word has to agree with its number the translation puts the number behind it.
    told = ", ".join(_("%(count)s %(done)s") % {"count": number_format(count), "done": name} for name, count in became)
    sentence = ngettext(
        "The file was taken in: %(count)s row, %(told)s.",
        "The file was taken in: %(count)s rows, %(told)s.",
        result.rows,
    )
    messages.success(request, sentence % {"count": number_format(result.rows), "told": told})
    # Messages travel in a cookie: a few tell where to look.
    for one in result.rejected[:_NAMED]:
        where = {"line": one.line, "column": said(one.column) if one.column else _("the row"), "detail": one.detail}
        messages.warning(request, _("Line %(line)s was left out: %(column)s: %(detail)s") % where)
    if more := len(result.rejected[_NAMED:]) + result.more_rejected:
        sentence = ngettext("%(count)s more value was wrong.", "%(count)s more values were wrong.", more)
        messages.warning(request, sentence % {"count": number_format(more)})
    return HttpResponseRedirect(reverse(_LIST))


def _place(place: str) -> str:
    """Where in the file it is, in words; a pointer as it is."""
    number = place.removeprefix("line ")
    return place if number == place else _("line %(number)s") % {"number": number}


def _refused(refusal: InvalidInput | NoSpace) -> dict[str, Any]:
    errors = [{"place": error.pointer, "detail": error.detail} for error in refusal.errors]
    return {"refusal": refusal.detail, "errors": errors, "more_errors": refusal.more_errors, "differences": []}


def _counted(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(str(called), counts[name]) for name, called in _COUNTS.items() if name in counts]
