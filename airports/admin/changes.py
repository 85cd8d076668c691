"""Links that wait for somebody to confirm them, and creates that wait for the batch worker."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, ngettext

from airports.admin.formatting import difference_list, differences
from airports.models import PendingChange, QueuedCreate
from airports.querysets import PendingChangeQuerySet
from airports.services.pending_changes import differences_of
from airports.services.withdraw_changes import withdraw_changes
from config.common.http.callers import acting
from config.common.staff.read_only import ReadOnlyAdmin

_STATES = {
    "waiting": gettext_lazy("waiting"),
    "applied": gettext_lazy("applied"),
    "expired": gettext_lazy("expired"),
    "withdrawn": gettext_lazy("withdrawn"),
}


class StateFilter(SimpleListFilter):
    """What became of the link."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, capfirst(str(name))) for state, name in _STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PendingChange]) -> QuerySet[PendingChange]:
        changes = cast("PendingChangeQuerySet", queryset)
        match self.value():
            case "waiting":
                return changes.waiting(timezone.now())
            case "applied":
                return queryset.exclude(applied_at=None)
            case "expired":
                return changes.expired(timezone.now())
            case "withdrawn":
                return queryset.exclude(withdrawn_at=None)
            case _:
                return queryset


@admin.register(PendingChange)
class PendingChangeAdmin(ReadOnlyAdmin):
    """Links that were asked for: what each would change, and what became of it."""

    list_display = ("__str__", "what_changes", "asked_by", "created_at", "state", "expires_at")
    list_filter = (StateFilter, "action")
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
    list_filter = ("status",)
    list_select_related = ("asked_by",)
    show_full_result_count = False
