"""The page of the admin that takes a file of airports: a thin face of the upload service."""

from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from airports.services.upload_airports import UploadResult, upload_airports
from config.common.problems import FieldError, InvalidInput

_COUNTS = ("rows", "created", "updated", "unchanged", "displaced", "skipped_deleted")


class UploadForm(forms.Form):
    """The file, and what becomes of its good rows when others are wrong."""

    file = forms.FileField(
        label="CSV file",
        help_text="In the layout of OpenFlights, with or without its header row.",
        widget=UnfoldAdminFileFieldWidget,
    )
    on_error = forms.ChoiceField(
        label="If a row is wrong",
        choices=[("fail", "store nothing"), ("skip", "store the good rows")],
        widget=UnfoldAdminSelectWidget,
    )

    def clean_file(self) -> Any:
        """Raises `ValidationError` for a file beyond the limit of the API."""
        file = self.cleaned_data["file"]
        if file.size > settings.AIRPORTS_MAX_BYTES:
            raise forms.ValidationError(f"The file may have {settings.AIRPORTS_MAX_BYTES:,} bytes at most.")
        return file


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the page says after a file: a sentence, how many rows met which fate, and what was wrong where."""

    sentence: str
    is_refusal: bool
    counts: list[tuple[str, int]] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    more_errors: int = 0


class UploadAdminMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Adds the page and the button that leads to it, for those who may make and change airports."""

    actions_list = ("upload_file",)

    def has_upload_permission(self, request: HttpRequest, *_: Any) -> bool:
        """May make and change airports."""
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    @action(description="Upload a file", url_path="upload", icon="upload", permissions=["upload"])  # type: ignore[untyped-decorator]  # unfold has no types
    def upload_file(self, request: HttpRequest) -> HttpResponse:
        """Shows the form; with a file, stores it or only says what it would do."""
        form = UploadForm(request.POST or None, request.FILES or None)
        outcome = self._take(request, form) if request.method == "POST" and form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Upload airports",
            "form": form,
            "outcome": outcome,
        }
        return TemplateResponse(request, "admin/airports/upload.html", context)

    def _take(self, request: HttpRequest, form: UploadForm) -> Outcome:
        is_preview = "preview" in request.POST
        try:
            result = upload_airports(
                stream=form.cleaned_data["file"],
                actor=cast("User", request.user),
                on_error=form.cleaned_data["on_error"],
                dry_run=is_preview,
            )
        except InvalidInput as refusal:
            return Outcome(refusal.detail, is_refusal=True, errors=refusal.errors, more_errors=refusal.more_errors)
        return _outcome(result, is_preview=is_preview)


def _outcome(result: UploadResult, *, is_preview: bool) -> Outcome:
    sentence = "Nothing was stored yet: this is what the file would do." if is_preview else "The file was taken in."
    return Outcome(
        sentence,
        is_refusal=False,
        counts=[(name.replace("_", " "), getattr(result, name)) for name in _COUNTS],
        errors=[
            FieldError(f"line {r.line}", r.code, f"{r.column}: {r.detail}" if r.column else r.detail)
            for r in result.rejected
        ],
        more_errors=result.more_rejected,
    )
