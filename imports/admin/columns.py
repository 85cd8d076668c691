"""The page on which somebody says what the columns of a table are, before it is loaded."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from config.common.digits import number_in
from config.common.http.callers import acting
from config.common.privacy.admin import recorded
from config.common.privacy.services.reads import What
from config.common.problems import InvalidInput, Problem, TooLarge
from config.common.tabular.delimiters import DELIMITERS
from config.common.tabular.encodings import ENCODINGS
from config.common.wizard.form import MOST_COLUMNS, ColumnsForm, problems_of
from config.common.wizard.services.columns import remember_columns
from imports.admin.access import open_delivery
from imports.documents.formats import FORMATS
from imports.documents.headers import required_columns
from imports.documents.options import TableOptions
from imports.fields import NAMES
from imports.models import Citizen, Import
from imports.services.erasing.erase_bodies import DRAFTS_KEPT
from imports.services.loading.look_at_table import KIND, Look, TableFile
from imports.services.loading.steer_delivery import forget_draft, start_draft

# What people call the fields of a resident.
_LABELS = {field.name: field.verbose_name for field in Citizen._meta.fields if field.name in NAMES}
_UPLOAD = "admin:imports_import_upload_file"
_GONE = _("This file is not kept any more: it was removed, or a day has passed. Upload it once more.")


class ReadingForm(forms.Form):
    """How the file is to be read, where what is recognised is wrong."""

    def __init__(self, data: Any, *, options: TableOptions, sheets: list[str]) -> None:
        super().__init__(data, initial=options._asdict())
        if sheets:
            self._add("sheet", _("Sheet"), {"": gettext("the first one"), **dict(zip(sheets, sheets, strict=True))})
            return
        self._add(
            "delimiter",
            _("Delimiter"),
            {"": gettext("is recognised")} | {sign: name for name, sign in DELIMITERS.items()},
        )
        self._add(
            "encoding",
            _("Encoding"),
            {"": gettext("is recognised")} | {codec: name for name, codec in ENCODINGS.items()},
        )

    def _add(self, name: str, label: Any, choices: Mapping[str, str]) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label, required=False, choices=list(choices.items()), widget=UnfoldAdminSelectWidget
        )

    @property
    def options(self) -> TableOptions:
        """What is chosen; nothing where the form was not sent, or is not valid."""
        return TableOptions(**(self.cleaned_data if self.is_valid() else {}))


class ColumnsMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Shows the first rows, takes the choice of columns, and starts the load or forgets the file."""

    def columns_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The columns of a draft, or of a table that failed or was cancelled."""
        if not self.has_upload_permission(request):
            raise PermissionDenied
        found = _found(request, object_id)
        if found is None or found.body_size is None:
            messages.warning(request, _GONE)
            return HttpResponseRedirect(reverse(_UPLOAD))
        page = reverse("admin:imports_import_change", args=(found.pk,))
        if not found.is_draft and not may_be_read_otherwise(found):
            messages.info(request, gettext("This file is a delivery already: its columns were said."))
            return HttpResponseRedirect(page)
        if request.method == "POST" and "forget" in request.POST:
            return _forget(request, found)
        asked = _Asked(request, found)
        if request.method == "POST" and "load" in request.POST and asked.is_ready():
            return _start(request, found, asked, page)
        return self._columns_page(request, found, asked)

    def _columns_page(self, request: HttpRequest, found: Import, asked: "_Asked") -> HttpResponseBase:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("The columns of the file from %(source)s") % {"source": found.source},
            "delivery": found,
            "kept_hours": int(DRAFTS_KEPT.total_seconds() // 3600),
            **asked.context(),
        }
        response = TemplateResponse(request, "admin/imports/columns.html", context)
        return recorded(request, response, What.LISTED, {(found.pk, None)})


class _Asked:
    """What somebody says of a file, and what is to be seen of it then."""

    def __init__(self, request: HttpRequest, found: Import) -> None:
        self._data = request.POST if request.method == "POST" else None
        self.problem: Problem | None = None
        self.look: Look | None = None
        self.form: ColumnsForm | None = None
        before, sheets = TableOptions(**found.read_as or {}), list[str]()
        try:
            self._file = TableFile(found)
            sheets = self._file.sheets
            self.reading = ReadingForm(self._data, options=before, sheets=sheets)
            self.options = self.reading.options if self._data is not None else before._replace(columns=())
            self.look = self._file.look(self.options)
        except (InvalidInput, TooLarge) as problem:
            self.reading, self.problem = ReadingForm(self._data, options=before, sheets=sheets), problem
            return
        if len(self.look.names) > MOST_COLUMNS:
            self.problem = InvalidInput(
                gettext("There are more than %(count)s columns: is the delimiter another one?")
                % {"count": MOST_COLUMNS}
            )
            return
        self.form = self._columns_form(self.look, before)

    def _columns_form(self, look: Look, before: TableOptions) -> ColumnsForm:
        is_said = len(before.columns) == len(look.names)
        return ColumnsForm(
            None if self._data is not None and "read" in self._data else self._data,
            names=look.names,
            rows=look.rows,
            fields=_LABELS,
            needed=required_columns(),
            guess=before.columns if is_said else look.guess,
        )

    def is_ready(self) -> bool:
        """Whether it can be loaded like this."""
        if self.form is None or not self.form.is_bound or not self.form.is_valid():
            return False
        return not self.is_empty or "empty" in (self._data or {})

    @property
    def is_empty(self) -> bool:
        """Whether there is a header and nothing else."""
        return self.look is not None and not self.look.rows

    def chosen(self) -> TableOptions:
        """The whole of what is said."""
        return self.options._replace(columns=self.form.columns if self.form else ())

    def context(self) -> dict[str, Any]:
        """For the page."""
        # First, because it finds problems.
        preview = self._preview()
        return {
            "reading": self.reading,
            "form": self.form,
            "look": self.look,
            "is_empty": self.is_empty,
            "is_refused_empty": self.is_empty and self._data is not None and "load" in self._data,
            "problem": self.problem,
            "preview": preview,
            "preview_columns": self.look.names if self.look else [],
        }

    def _preview(self) -> list[dict[str, Any]]:
        """The first rows, where the columns are enough to read any."""
        if self.form is None or (self.form.is_bound and not self.form.is_valid()):
            return []
        if problems_of(self.form.columns, labels=_LABELS, needed=required_columns()):
            return []
        try:
            return self._file.preview(self.chosen())
        except (InvalidInput, TooLarge) as problem:
            self.problem = problem
            return []


def may_be_read_otherwise(found: Import) -> bool:
    """Whether it is a table of which nothing was loaded, and its file is kept."""
    has_ended = found.status in (Import.Status.FAILED, Import.Status.CANCELLED)
    return has_ended and found.body_size is not None and bool(FORMATS[found.media_type].options)


def _found(request: HttpRequest, object_id: str) -> Import | None:
    number = number_in(object_id)
    draft = Import.objects.drafts_of(acting(request)).filter(pk=number).first() if number is not None else None
    return draft or open_delivery(request, object_id)


def _forget(request: HttpRequest, found: Import) -> HttpResponse:
    forget_draft(import_id=found.pk, actor=acting(request))
    messages.info(request, gettext("The file was removed: nothing of it was loaded."))
    return HttpResponseRedirect(reverse(_UPLOAD))


def _start(request: HttpRequest, found: Import, asked: _Asked, page: str) -> HttpResponse:
    options = asked.chosen()
    try:
        start_draft(import_id=found.pk, actor=acting(request), options=options)
    except Problem as problem:
        messages.error(request, problem.detail)
        # A draft has no page of a delivery.
        return HttpResponseRedirect(reverse(_UPLOAD) if found.is_draft else page)
    names = asked.look.names if asked.look else []
    remember_columns(kind=KIND, source=found.source, names=names, columns=options.columns)
    messages.success(request, gettext("The file is being checked; its columns are remembered for the next one."))
    return HttpResponseRedirect(page)
