"""What was corrected: the history of a resident and of a delivery. Django's own log knows nothing of either."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from config.common.http.callers import acting
from imports.fields import LISTS
from imports.models import Citizen, Correction, Import

_SHOWN = 50
_IDS = 20
# Into a list of somebody, or out of it.
_MOVED = {
    ("relatives", True): gettext_lazy("named as relative by a correction of resident %(resident)s"),
    ("relatives", False): gettext_lazy("no longer named as relative by a correction of resident %(resident)s"),
    ("friends", True): gettext_lazy("named as friend by a correction of resident %(resident)s"),
    ("friends", False): gettext_lazy("no longer named as friend by a correction of resident %(resident)s"),
}


class HistoryMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """The button "History" leads to the change log, where there are corrections and one may see them."""

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = kwargs.get("obj")
        context["show_history"] = row is not None and self._has_history(request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Leads to what the log says of the row, and whoever may not see it back to the page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None or not self._has_history(request, row):
            return HttpResponseRedirect("../change/")
        words = "/".join(str(number) for number in _asked(row).values())
        return HttpResponseRedirect(
            f"{reverse('admin:changes_recordedchange_changelist')}?{urlencode({'words': words})}"
        )

    def _has_history(self, request: HttpRequest, row: Citizen | Import) -> bool:
        may = acting(request).has_perm("imports.view_correction")
        return may and Correction.objects.filter(**_asked(row)).exists()


def _asked(row: Citizen | Import) -> dict[str, Any]:
    if isinstance(row, Import):
        return {"delivery_id": row.pk}
    return {"delivery_id": row.delivery_id, "citizen_id": row.citizen_id}


def history_of(citizen: Citizen) -> list[dict[str, Any]]:
    """When, by whom, and sentences: the latest corrections of the resident, and those of others that moved them into a
    list or out of one."""
    about, corrections = (citizen.delivery_id, citizen.citizen_id), Correction.objects
    rows = {
        row.pk: row
        for found in (corrections.about(*about), corrections.moving(*about))
        for row in found.select_related("corrected_by").order_by("-id")[:_SHOWN]
    }
    latest = islice((rows[key] for key in sorted(rows, reverse=True)), _SHOWN)
    return [
        {
            "id": row.pk,
            # Another's is undone on their page.
            "is_own": row.citizen_id == citizen.citizen_id,
            "undoes": row.undoes,
            "at": row.corrected_at,
            "by": row.corrected_by,
            "origin": row.carried_from,
            "sentences": list(_sentences(row, citizen.citizen_id)),
        }
        for row in latest
    ]


def _sentences(row: Correction, citizen_id: int) -> Iterator[str]:
    for field, change in row.changes.items():
        before, after = change["from"], change["to"]
        if row.citizen_id == citizen_id:
            yield f"{Citizen.called(field)}: {cut(before)} → {cut(after)}"
        elif field in LISTS and (citizen_id in before) != (citizen_id in after):
            yield str(_MOVED[field, citizen_id in after]) % {"resident": row.citizen_id}


def cut(value: object) -> object:
    """A list that nobody would read to its end as its beginning and its length."""
    if isinstance(value, list) and len(value) > _IDS:
        return _("[%(ids)s, … %(count)s in all]") % {
            "ids": ", ".join(map(str, value[:_IDS])),
            "count": localize(len(value), use_l10n=True),
        }
    return value
