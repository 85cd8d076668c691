"""The history of an airport: what each change changed, one version against the present, and the way back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from airports.admin.formatting import action_called, differences
from airports.fields import NAMES
from airports.models import Airport
from airports.services.bring_back import recreate_airport, revert_airport
from airports.services.history import changes_in, history_of, version_of
from config.common.digits import number_in
from config.common.http.callers import acting
from config.common.problems import NotFound, Problem

_ROWS = 50


class HistoryMixin(SimpleHistoryAdmin):  # type: ignore[misc]  # django-simple-history has no types
    """Its pages instead of django-simple-history's, also for an airport that was deleted for good."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Every change, newest first: who, when, why, from → to."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        airport_id = _number(object_id)
        present = self.get_queryset(request).filter(pk=airport_id).first()
        entries = _or_404(lambda: history_of(airport_id=airport_id))
        if present is None and Airport.objects.filter(pk=airport_id).exists():
            raise Http404  # flagged, which this reader does not see
        page = Paginator(entries, _ROWS).get_page(request.GET.get("p"))
        context = {
            **self._history_context(request, airport_id, present),
            "title": _("History: %(airport)s")
            % {"airport": present or (page.object_list[0].name if page.object_list else airport_id)},
            "entries": [_row(entry) for entry in page],
            "page": page,
        }
        return TemplateResponse(request, "admin/airports/history.html", context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """One version against the present, and the button that brings it back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        airport_id, history_id = _number(object_id), _number(version_id)
        present = self.get_queryset(request).filter(pk=airport_id).first()
        if present is None and Airport.objects.filter(pk=airport_id).exists():
            raise Http404
        entry = _or_404(lambda: version_of(airport_id=airport_id, history_id=history_id))
        if request.method == "POST":
            return self._bring_back(request, airport_id, history_id, present)
        rows = [(name, getattr(entry, name), getattr(present, name, None)) for name in NAMES]
        context = {
            **self._history_context(request, airport_id, present),
            "title": _("Version %(version)s: %(airport)s") % {"version": entry.version, "airport": entry.name},
            "entry": entry,
            "fields": [
                (one, before != now) for name, before, now in rows for one in differences({name: _pair(before, now)})
            ],
            "is_same": all(before == now for _name, before, now in rows),
        }
        return TemplateResponse(request, "admin/airports/version.html", context)

    def _history_context(self, request: HttpRequest, airport_id: int, present: Airport | None) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "airport_id": airport_id,
            "present": present,
            "may_revert": present is not None and self.has_change_permission(request, present),
            "may_recreate": present is None and self.has_add_permission(request),
        }

    def _bring_back(
        self, request: HttpRequest, airport_id: int, history_id: int, present: Airport | None
    ) -> HttpResponse:
        allowed = self.has_add_permission(request) if present is None else self.has_change_permission(request, present)
        if not allowed:
            raise PermissionDenied
        try:
            if present is None:
                airport = recreate_airport(airport_id=airport_id, history_id=history_id, actor=acting(request))
            else:
                airport = revert_airport(
                    airport_id=airport_id,
                    history_id=history_id,
                    actor=acting(request),
                    versions={_number(request.POST.get("known_version", ""))},
                )
        except Problem as problem:
            messages.error(request, " ".join([problem.detail, *_codes(problem)]))
            return HttpResponseRedirect(request.path)
        made, reverted = (
            _("%(airport)s was made again, with a number of its own."),
            _("%(airport)s is as it was in that version."),
        )
        messages.success(request, (made if present is None else reverted) % {"airport": airport})
        return HttpResponseRedirect(reverse("admin:airports_airport_change", args=[airport.pk]))


def _row(entry: Any) -> dict[str, Any]:
    changes = changes_in(entry)
    return {"entry": entry, "action": action_called(entry.history_type, changes), "differences": differences(changes)}


def _pair(before: Any, now: Any) -> dict[str, Any]:
    return {"from": before, "to": now}


def _codes(problem: Problem) -> list[str]:
    return [
        _("It is about: %(field)s.") % {"field": error.pointer.removeprefix("/").upper()} for error in problem.errors
    ]


def _number(text: str) -> int:
    number = number_in(text)
    if number is None:
        raise Http404
    return number


def _or_404(find: Callable[[], Any]) -> Any:
    try:
        return find()
    except NotFound as error:
        raise Http404 from error
