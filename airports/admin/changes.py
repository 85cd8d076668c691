"""Links that wait for somebody to confirm them, and creates that wait for the batch worker."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesCheckboxFilter

from airports.admin.formatting import difference_list, differences
from airports.models import PendingChange, QueuedCreate
from airports.services.pending_changes import differences_of
from airports.services.withdraw_changes import withdraw_changes
from config.common.http.callers import acting
from config.common.staff.filters import StatesFilter
from config.common.staff.read_only import ReadOnlyAdmin

_STATES = {
    "waiting": gettext_lazy("waiting"),
    "applied": gettext_lazy("applied"),
    "expired": gettext_lazy("expired"),
    "withdrawn": gettext_lazy("withdrawn"),
}


class StateFilter(StatesFilter):
    """What became of the link."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, capfirst(str(name))) for state, name in _STATES.items()]

    def conditions(self, queryset: QuerySet[Any]) -> dict[str, Q]:
        links, now = PendingChange.objects, timezone.now()
        return {
            "waiting": Q(pk__in=links.waiting(now).values("pk")),
            "applied": Q(applied_at__isnull=False),
            "expired": Q(pk__in=links.expired(now).values("pk")),
            "withdrawn": Q(withdrawn_at__isnull=False),
        }


@admin.register(PendingChange)
class PendingChangeAdmin(ReadOnlyAdmin):
    """Links that were asked for: what each would change, and what became of it."""

    list_display = ("__str__", "what_changes", "asked_by", "created_at", "state", "expires_at")
    list_filter = (StateFilter, ("action", ChoicesCheckboxFilter))
    list_filter_submit = True
    list_select_related = ("asked_by",)
    fields = (
        "action", "airport_id", "airport_version", "what_changes", "asked_by", "created_at", "expires_at", "state",
        "applied_at", "withdrawn_at", "result_id",
    )  # fmt: skip
    actions = ("withdraw_selected",)
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: PendingChange | None = None) -> tuple[str, ...]:
        return ("what_changes", "state")

    @admin.display(description=gettext_lazy("What it changes"))
    def what_changes(self, change: PendingChange) -> SafeString:
        """Field: from → to."""
        return difference_list(differences(differences_of(change)))

    @admin.display(description=gettext_lazy("State"))
    def state(self, change: PendingChange) -> str:
        """Waiting, applied, expired or withdrawn."""
        if change.applied_at is not None:
            return str(_STATES["applied"])
        if change.withdrawn_at is not None:
            return str(_STATES["withdrawn"])
        return str(_STATES["waiting" if change.expires_at > timezone.now() else "expired"])

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Who may confirm a link may withdraw it."""
        return request.user.has_perms(["airports.add_airport", "airports.change_airport"])

    @admin.action(description=gettext_lazy("Withdraw the selected links"), permissions=["withdraw"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[PendingChange]) -> None:
        """Nobody can confirm them any more."""
        change_ids = list(queryset.values_list("pk", flat=True))
        withdrawn = withdraw_changes(change_ids=change_ids, actor=acting(request))
        messages.info(
            request,
            ngettext("%(count)s withdrawn.", "%(count)s withdrawn.", withdrawn) % {"count": number_format(withdrawn)},
        )
        if left := len(change_ids) - withdrawn:
            messages.warning(
                request,
                ngettext("%(count)s left alone: no link that waits.", "%(count)s left alone: no links that wait.", left)
                % {"count": number_format(left)},
            )


@admin.register(QueuedCreate)
class QueuedCreateAdmin(ReadOnlyAdmin):
    """Creates that wait for the batch worker, and what became of others."""

    list_display = ("id", "status", "asked_by", "created_at", "finished_at", "airport_id")
    list_filter = (("status", ChoicesCheckboxFilter),)
    list_filter_submit = True
    list_select_related = ("asked_by",)
    show_full_result_count = False
