"""The change log in the admin: one list of who changed what, to filter, to search and to take away."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminDateWidget, UnfoldAdminTextInputWidget

from config.common.changes.models import RecordedChange
from config.common.changes.services.read_log import kinds_for, position_in, read_all, read_page
from config.common.changes.services.streams import Asked, Entry
from config.common.http.callers import acting
from config.common.http.moments import moment
from config.common.http.tables import TABLE_FORMATS, marked, table_response
from config.common.privacy.admin import recorded
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import Problem
from config.common.staff.filters import parts_of
from config.common.staff.read_only import ReadOnlyAdmin

_COLUMNS = ("at", "by", "kind", "subject", "action", "field", "from", "to")


def _text_field(label: Any, longest: int, help_text: Any = "") -> forms.CharField:
    widget = UnfoldAdminTextInputWidget()
    return forms.CharField(label=label, help_text=help_text, max_length=longest, required=False, widget=widget)


class LogForm(forms.Form):
    """What somebody looks for."""

    words = _text_field(
        gettext_lazy("Search"), 256, gettext_lazy("A name or a value; a delivery as 7, one of its residents as 7/12.")
    )
    kind = forms.MultipleChoiceField(
        label=gettext_lazy("Of what"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    person = _text_field(gettext_lazy("By whom"), 512, gettext_lazy("User names, with commas between them."))
    field = _text_field(gettext_lazy("Field"), 64, gettext_lazy("As it stands in the list."))
    source = _text_field(gettext_lazy("Source"), 64)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=UnfoldAdminDateWidget)
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=UnfoldAdminDateWidget)

    def __init__(self, kinds: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds.items())  # type: ignore[attr-defined]  # a ChoiceField

    def asked(self) -> Asked:
        """What is asked for; days are whole days in the present time zone. Wrong values ask for nothing."""
        found = dict(self.cleaned_data) if self.is_valid() else {}
        since, until = found.pop("since", None), found.pop("until", None)
        kinds, people = found.pop("kind", ()), parts_of(found.pop("person", ""))
        return Asked(
            **found,
            kinds=frozenset(kinds),
            people=frozenset(people),
            since=_midnight(since) if since else None,
            until=_midnight(until + timedelta(days=1)) if until else None,
        )


@admin.register(RecordedChange)
class ChangeLogAdmin(ReadOnlyAdmin):
    """The log. Its rows have no pages of their own: each leads to what it is about."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Of a single row there is nothing to see that the list does not say.
        return obj is None and super().has_view_permission(request)

    def get_urls(self) -> list[Any]:
        export = self.admin_site.admin_view(self.export_view)
        return [path("export/<str:format>/", export, name="changes_export"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """The lines that are asked for, the newest first."""
        form = self._form(request)
        page = read_page(asked=form.asked(), user=acting(request), after=position_in(request.GET.get("after", "")))
        asked = request.GET.copy()
        asked.pop("after", None)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Change log"),
            "form": form,
            "entries": page.entries,
            "asked": asked.urlencode(),
            "is_narrowed": bool({*form.changed_data} - {"words"}),
            "is_first": "after" not in request.GET,
            "after": str(page.after) if page.after else "",
        }
        response = TemplateResponse(request, "admin/changes/log.html", context)
        residents = {resident for entry in page.entries for resident in entry.residents}
        return recorded(request, response, What.LISTED, residents)

    def export_view(self, request: HttpRequest, format: str) -> HttpResponseBase:
        """All lines that are asked for, a row for each field, as a table."""
        if format not in TABLE_FORMATS:
            return HttpResponse(status=404)
        asked = self._form(request).asked()
        rows = _rows(read_all(asked=asked, user=acting(request)), Reader.of(request), format)
        try:
            response = table_response(format, name="change-log", header=_COLUMNS, rows=rows)
        except Problem as problem:
            messages.error(request, problem.detail)
            return HttpResponseRedirect(f"../../?{request.GET.urlencode()}")
        marked(response)
        return response

    def _form(self, request: HttpRequest) -> LogForm:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return LogForm(dict(kinds_for(acting(request))), request.GET)


def _rows(pages: Iterator[list[Entry]], reader: Reader, form: str) -> Iterator[tuple[Any, ...]]:
    for entries in pages:
        residents = {resident for entry in entries for resident in entry.residents}
        record_read(reader=reader, what=What.LISTED, residents=sorted(residents), form=form)
        for entry in entries:
            about = (moment(entry.at), entry.by, entry.kind, entry.subject, entry.action)
            for name, before, after in entry.changes or [("", None, None)]:
                yield (*about, name, _text(before), _text(after))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
