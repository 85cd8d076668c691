"""The page that takes a file with a delivery: a thin face of the services that take it in."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from config.common.http.callers import acting
from config.common.http.encodings import limited
from config.common.problems import Forbidden, Problem
from config.common.spellings import fold
from imports.documents.formats import HEAD_BYTES, kind_of
from imports.documents.options import TableOptions
from imports.models import Import, Source
from imports.services.loading.load_empty import EmptyDelivery, holds_nobody
from imports.services.loading.receive_delivery import receive_delivery
from imports.services.loading.unpack_body import most_bytes
from imports.services.naming.read_named import source_choices
from imports.services.naming.resolve_source import InvalidSource, UnknownSource
from imports.services.residents.rename_value import MAY_RENAME

_CHUNK = 1024 * 1024


def _switch(label: Any, help_text: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=help_text, widget=UnfoldBooleanSwitchWidget)


class UploadForm(forms.Form):
    """The file, whom it is from, and whether somebody looks at it before it loads."""

    file = forms.FileField(
        label=_("File"),
        # Empty, it is a delivery of nobody or no JSON; the reader says which.
        allow_empty_file=True,
        help_text=_(
            "An Excel workbook (XLSX), CSV, JSON, or one resident a line (NDJSON); all may be packed with gzip."
        ),
        widget=UnfoldAdminFileFieldWidget,
    )
    source = forms.ChoiceField(
        label=_("Source"),
        required=False,
        help_text=_("Who supplied it. What it replaces goes out of the current picture."),
        widget=UnfoldAdminSelectWidget,
    )
    new_source = forms.CharField(
        label=_("Or a new source"),
        required=False,
        max_length=64,
        help_text=_("Only for a supplier that is not in the list."),
        widget=UnfoldAdminTextInputWidget,
    )
    review = _switch(_("Stop for review"), _("It is checked, but loaded only when somebody has approved it."))
    empty = _switch(_("Load it even if nobody is in it"), _("It would empty the current picture of its source."))

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext("Choose one")), *source_choices(actor)]
        self.fields["source"].choices = choices  # type: ignore[attr-defined]  # a field of choices
        if not settings.IMPORT_NEW_SOURCES:
            del self.fields["new_source"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        new = cleaned.pop("new_source", "")
        if new and Source.objects.ids_of([fold(new)]).exists():
            self.add_error("new_source", gettext("There is such a source. Choose it in the list, or ask a manager."))
        if bool(new) == bool(cleaned.get("source")) and not self.errors:
            self.add_error("source", gettext("Choose a source, or name a new one."))
        return cleaned | {"source": new or cleaned.get("source", "")}


class UploadMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Adds the page and the button that leads to it, for those who may load deliveries."""

    actions_list = ("upload_file",)

    def has_upload_permission(self, request: HttpRequest, *_: Any) -> bool:
        """May load deliveries."""
        return acting(request).has_perm("imports.add_import")

    @action(description=_("Upload a file"), url_path="upload", icon="upload", permissions=["upload"])  # type: ignore[untyped-decorator]  # unfold has no types
    def upload_file(self, request: HttpRequest) -> HttpResponse:
        """Shows the form; with a file, takes it in and leads to its page, or to that of its columns."""
        form = UploadForm(request.POST or None, request.FILES or None, actor=acting(request))
        if request.method == "POST" and form.is_valid():
            try:
                taken = _take(request, **form.cleaned_data)
            except Problem as problem:
                form.add_error(_field_of(problem), problem.detail)
            else:
                page = "columns" if taken.is_draft else "change"
                return HttpResponseRedirect(reverse(f"admin:imports_import_{page}", args=(taken.pk,)))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Upload a delivery"),
            "form": form,
            "drafts": Import.objects.drafts_of(acting(request)),
        }
        return TemplateResponse(request, "admin/imports/upload.html", context)


def _field_of(problem: Problem) -> str:
    if isinstance(problem, InvalidSource):
        return "new_source"
    if isinstance(problem, Forbidden | UnknownSource):
        return "source"
    return "empty" if isinstance(problem, EmptyDelivery) else "file"


def _take(request: HttpRequest, *, file: "UploadedFile[Any]", source: str, review: bool, empty: bool) -> Import:
    head = file.read(HEAD_BYTES)
    format, encoding = kind_of(head, name=file.name or "")
    is_nobody = holds_nobody(_pieces(file), format=format, encoding=encoding, options=TableOptions())
    if is_nobody and not empty:
        raise EmptyDelivery(source)
    return receive_delivery(
        chunks=limited(_pieces(file), max_bytes=most_bytes(format)),
        media_type=format.media_type,
        content_encoding=encoding,
        source=source,
        review=review,
        # A typo, or half a file, is seen before anybody is gone.
        holds_losses=True,
        carry=settings.IMPORT_CARRY_CORRECTIONS and acting(request).has_perm(MAY_RENAME),
        is_draft=bool(format.options) and not is_nobody,
        file_name=file.name or "",
        actor=acting(request),
    )


def _pieces(file: "UploadedFile[Any]") -> Iterator[bytes]:
    """The file, a mebibyte at a time: Django keeps a large one on disk."""
    file.seek(0)
    yield from file.chunks(_CHUNK)
