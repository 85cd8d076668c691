"""What people decide about a delivery on its way: on its page, or for several in the list."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from config.common.http.callers import acting
from config.common.problems import NotFound, Problem
from imports.admin.access import carry_out, open_delivery
from imports.models import Import
from imports.querysets import SEE_ALL
from imports.services.loading.steer_delivery import (
    approve_delivery,
    cancel_delivery,
    discard_delivery,
    has_good_rows,
    load_good_rows,
    retry_delivery,
)

Status = Import.Status
Decide = Callable[..., Import]

# What is done, what the button says, what the message says, and where it is allowed.
_DECISIONS: dict[str, tuple[Decide, str, str, tuple[Status, ...]]] = {
    "approve": (approve_delivery, "Approve", "approved: it will be loaded", (Status.CHECKED,)),
    "discard": (discard_delivery, "Discard", "discarded", (Status.CHECKED,)),
    "good": (load_good_rows, "Load the good rows only", "queued again, without its wrong rows", (Status.FAILED,)),
    "retry": (retry_delivery, "Try again", "queued again", (Status.FAILED, Status.CANCELLED)),
    "cancel": (cancel_delivery, "Cancel", "cancelled", (Status.QUEUED, Status.LOADING)),
}

_NOT_YOURS = "Somebody else's; you decide about your own."


def decisions_of(request: HttpRequest, found: Import) -> list[tuple[str, str]]:
    """The name and the button of each decision that `found`, whose residents the user may see, allows now."""
    return _allowed_by(found) if acting(request).has_perm("imports.add_import") else []


def _allowed_by(found: Import) -> list[tuple[str, str]]:
    return [
        (name, label)
        for name, (_, label, _, states) in _DECISIONS.items()
        if found.status in states
        and (name not in {"retry", "good"} or found.body_size is not None)
        and (name != "good" or has_good_rows(found))
    ]


class DecisionsMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Buttons on the page, and actions in the list."""

    actions = ("approve_selected", "discard_selected", "retry_selected", "cancel_selected")

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """May load deliveries, and so decide about them."""
        return acting(request).has_perm("imports.add_import")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        # What is sent is never ignored: where it was possible a moment ago, the answer says why it is not any more.
        if request.method != "GET" or acting(request).has_perm(SEE_ALL) or not self.has_steer_permission(request):
            return actions
        states = Import.objects.whose_citizens_are_open_to(acting(request)).by_status()
        impossible = {
            f"{name}_selected" for name, (*_, allowed) in _DECISIONS.items() if not states.keys() & {*allowed}
        }
        return {name: action for name, action in actions.items() if name not in impossible}

    def step_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes a decision. Only by POST."""
        step = _DECISIONS.get(request.POST.get("step", ""))
        found = open_delivery(request, object_id)
        if not self.has_steer_permission(request):
            raise PermissionDenied
        if step is None or found is None:
            raise Http404
        service, _, done, _ = step
        carry_out(request, lambda: f"{service(import_id=found.pk, actor=acting(request))} is {done}.")
        return HttpResponseRedirect(reverse("admin:imports_import_change", args=(found.pk,)))

    @admin.action(description="Approve the selected deliveries", permissions=["steer"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[Import]) -> None:
        """Lets checked ones be loaded."""
        _each(request, queryset, "approve")

    @admin.action(description="Discard the selected deliveries", permissions=["steer"])
    def discard_selected(self, request: HttpRequest, queryset: QuerySet[Import]) -> None:
        """Says no to checked ones."""
        _each(request, queryset, "discard")

    @admin.action(description="Try the selected deliveries again", permissions=["steer"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Import]) -> None:
        """Queues failed and cancelled ones."""
        _each(request, queryset, "retry")

    @admin.action(description="Cancel the selected deliveries", permissions=["steer"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Import]) -> None:
        """Stops queued and loading ones."""
        _each(request, queryset, "cancel")


def _each(request: HttpRequest, imports: QuerySet[Import], name: str) -> None:
    """Does it to each that allows it, and says of the others how many were left out for which reason."""
    service, _, done, _ = _DECISIONS[name]
    import_ids = list(imports.values_list("pk", flat=True))
    refused: Counter[str] = Counter()
    for import_id in import_ids:
        try:
            service(import_id=import_id, actor=acting(request))
        except NotFound:
            # The list shows it, the residents are not for everybody who sees the list.
            refused[_NOT_YOURS] += 1
        except Problem as problem:
            refused[problem.detail] += 1
    messages.info(request, f"{len(import_ids) - refused.total()} {done}, {refused.total()} left alone.")
    for sentence, count in refused.most_common():
        messages.warning(request, f"{count} left alone: {sentence}")
