"""What is done with the airports that somebody selected."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin

from airports.models import Airport
from airports.services.flag_many import Outcomes, flag_airports, restore_airports
from airports.services.purge_airports import purge_airports
from config.common.http.callers import acting

_NAMED = 5
# Django's own name for the filters of the list, in the address of a page that it led to.
_FROM_PAGE = "_changelist_filters"
_LISTED = 100


class ActionsMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Flag, restore, delete for good."""

    actions = ("flag_selected", "restore_selected", "delete_selected_for_good")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Flagging stands in for Django's own deletion of a selection.
        actions: dict[str, Any] = super().get_actions(request)
        return {name: action for name, action in actions.items() if name != "delete_selected"}

    @admin.action(description=gettext_lazy("Flag the selected airports as deleted"), permissions=["delete"])
    def flag_selected(self, request: HttpRequest, queryset: QuerySet[Airport]) -> None:
        """Sets the deletion flag."""
        say(request, flag_airports(airport_ids=_ids(queryset), actor=acting(request)), flagged_as_deleted)

    @admin.action(description=gettext_lazy("Restore the selected airports"), permissions=["delete"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[Airport]) -> HttpResponse | None:
        """Takes the deletion flag off. Who comes from the page of an airport goes back there, the filters of the list
        that led to it kept."""
        airport_ids = _ids(queryset)
        say(request, restore_airports(airport_ids=airport_ids, actor=acting(request)), restored)
        if _FROM_PAGE not in request.POST or len(airport_ids) != 1:
            return None
        page = reverse("admin:airports_airport_change", args=airport_ids)
        filters = request.POST[_FROM_PAGE]
        return HttpResponseRedirect(f"{page}?{urlencode({_FROM_PAGE: filters})}" if filters else page)

    @admin.action(
        description=gettext_lazy("Delete for good those of the selected that are flagged"), permissions=["delete"]
    )
    def delete_selected_for_good(self, request: HttpRequest, queryset: QuerySet[Airport]) -> HttpResponse | None:
        """In two steps: only what is flagged goes, and a page lists it before."""
        if "confirmed" not in request.POST:
            return self._confirmation(request, queryset)
        airport_ids = _ids(queryset)
        purged = purge_airports(airport_ids=airport_ids, actor=acting(request))
        messages.success(
            request,
            _("%(gone)s deleted for good, %(left)s left alone.")
            % {"gone": number_format(purged), "left": number_format(len(airport_ids) - purged)},
        )
        return None

    def _confirmation(self, request: HttpRequest, queryset: QuerySet[Airport]) -> HttpResponse:
        flagged = queryset.filter(is_deleted=True).order_by("pk")
        going, selected = flagged.count(), queryset.count()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Delete for good"),
            "airports": flagged[:_LISTED],
            "going": going,
            "more": max(0, going - _LISTED),
            "staying": selected - going,
            "checkbox": ACTION_CHECKBOX_NAME,
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/airports/delete_for_good.html", context)


def flagged_as_deleted(count: int) -> str:
    """What was done, for `say`."""
    return ngettext("%(count)s flagged as deleted.", "%(count)s flagged as deleted.", count)


def restored(count: int) -> str:
    """The same for those that were restored."""
    return ngettext("%(count)s restored.", "%(count)s restored.", count)


def say(request: HttpRequest, outcomes: Outcomes, done: Callable[[int], str]) -> None:
    """How many were written, and one message for each reason why others were not."""
    messages.info(request, done(outcomes.done) % {"count": number_format(outcomes.done)})
    for sentence in refusals(outcomes.refused):
        messages.warning(request, sentence)


def refusals(refused: Mapping[str, Sequence[str]]) -> list[str]:
    """A sentence for each reason, with the first names."""
    return [
        ngettext("%(count)s left alone: %(why)s %(names)s", "%(count)s left alone: %(why)s %(names)s", len(names))
        % {
            "count": number_format(len(names)),
            "why": reason,
            "names": ", ".join([*names[:_NAMED], *(["…"] if len(names) > _NAMED else [])]),
        }
        for reason, names in refused.items()
    ]


def _ids(queryset: QuerySet[Airport]) -> list[int]:
    return list(queryset.order_by("pk").values_list("pk", flat=True))
