"""What people decide about a delivery on its way: on its page, or for several in the list."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from config.common.http.callers import acting
from config.common.problems import NotFound, Problem
from config.common.staff.confirmation import ask, confirmed
from imports.admin.access import carry_out, open_delivery
from imports.models import Import
from imports.querysets import SEE_ALL
from imports.services.loading.delivery_outcome import is_incomplete, may_succeed_again
from imports.services.loading.steer_delivery import (
    approve_delivery,
    cancel_delivery,
    discard_delivery,
    has_good_rows,
    load_good_rows,
    retry_delivery,
)

Status = Import.Status
# Made when it is shown: the language is the reader's.
Text = Any


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done, what the button says, what the messages say of one and of several, and where it is allowed."""

    decide: Callable[..., Import]
    button: Text
    done: Text
    done_to_several: Text
    states: tuple[Status, ...]


_DECISIONS = {
    "approve": Decision(
        approve_delivery,
        _("Approve"),
        _("%(delivery)s is approved: it will be loaded."),
        _("%(done)s approved and to be loaded, %(left)s left alone."),
        (Status.CHECKED,),
    ),
    "discard": Decision(
        discard_delivery,
        _("Discard"),
        _("%(delivery)s is discarded."),
        _("%(done)s discarded, %(left)s left alone."),
        (Status.CHECKED,),
    ),
    "good": Decision(
        load_good_rows,
        _("Load the good rows only"),
        _("%(delivery)s is queued again, without its wrong rows."),
        "",
        (Status.FAILED,),
    ),
    "retry": Decision(
        retry_delivery,
        _("Try again"),
        _("%(delivery)s is queued again."),
        _("%(done)s queued again, %(left)s left alone."),
        (Status.FAILED, Status.CANCELLED),
    ),
    "cancel": Decision(
        cancel_delivery,
        _("Cancel"),
        _("%(delivery)s is cancelled."),
        _("%(done)s cancelled, %(left)s left alone."),
        (Status.QUEUED, Status.LOADING),
    ),
}

_NOT_YOURS = _("Somebody else's; you decide about your own.")
_HOPELESS = _("This file cannot be loaded as it is: correct its wrong rows, or send another one.")


def decisions_of(request: HttpRequest, found: Import) -> list[tuple[str, str]]:
    """The name and the button of each decision that `found`, whose residents the user may see, allows now."""
    if not acting(request).has_perm("imports.add_import"):
        return []
    return [
        (name, str(decision.button))
        for name, decision in _DECISIONS.items()
        if found.status in decision.states
        and (name not in {"retry", "good"} or found.body_size is not None)
        and (name != "good" or has_good_rows(found))
        and (name != "retry" or may_succeed_again(found))
        and (name != "approve" or not is_incomplete(found))
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
        impossible = {f"{name}_selected" for name, one in _DECISIONS.items() if not states.keys() & set(one.states)}
        return {name: action for name, action in actions.items() if name not in impossible}

    def step_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes a decision. Only by POST; what has a page that asks first is not taken here."""
        name = request.POST.get("step", "")
        step = _DECISIONS.get(name) if name != "discard" else None
        found = open_delivery(request, object_id)
        if not self.has_steer_permission(request):
            raise PermissionDenied
        if step is None or found is None:
            raise Http404
        decide, done = step.decide, step.done
        carry_out(request, lambda: done % {"delivery": decide(import_id=found.pk, actor=acting(request))})
        return HttpResponseRedirect(reverse("admin:imports_import_change", args=(found.pk,)))

    def discard_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks, with what would not be loaded; by POST says no to a checked one."""
        found = open_delivery(request, object_id)
        if not self.has_steer_permission(request):
            raise PermissionDenied
        if found is None:
            raise Http404
        page = reverse("admin:imports_import_change", args=(found.pk,))
        if request.method == "POST":
            done = _DECISIONS["discard"].done
            carry_out(request, lambda: done % {"delivery": discard_delivery(import_id=found.pk, actor=acting(request))})
        if request.method == "POST" or found.status != Status.CHECKED:
            return HttpResponseRedirect(page)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "delivery": found,
            "title": _("Discard %(delivery)s") % {"delivery": found},
            "sentence": _("It is not loaded. The current picture of its source stays as it is."),
            "counts": [(_("residents that are not loaded"), found.citizen_count)],
            "button": _DECISIONS["discard"].button,
        }
        return TemplateResponse(request, "admin/imports/confirm.html", context)

    @admin.action(description=_("Approve the selected deliveries"), permissions=["steer"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[Import]) -> None:
        """Lets checked ones be loaded."""
        _each(request, queryset, "approve")

    @admin.action(description=_("Discard the selected deliveries"), permissions=["steer"])
    def discard_selected(self, request: HttpRequest, queryset: QuerySet[Import]) -> HttpResponse | None:
        """Says no to checked ones, after a page that asks."""
        if not confirmed(request):
            checked = queryset.filter(status=Status.CHECKED).aggregate(count=Count("pk"), total=Sum("citizen_count"))
            question = ngettext(
                "Discard %(count)s delivery of %(residents)s residents? It is not loaded.",
                "Discard %(count)s deliveries of %(residents)s residents? They are not loaded.",
                checked["count"],
            ) % {"count": checked["count"], "residents": localize(checked["total"] or 0, use_l10n=True)}
            return ask(request, queryset, question=question, yes=gettext("Discard them"))
        _each(request, queryset, "discard")
        return None

    @admin.action(description=_("Try the selected deliveries again"), permissions=["steer"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Import]) -> None:
        """Queues failed and cancelled ones."""
        _each(request, queryset, "retry")

    @admin.action(description=_("Cancel the selected deliveries"), permissions=["steer"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Import]) -> None:
        """Stops queued and loading ones."""
        _each(request, queryset, "cancel")


def _each(request: HttpRequest, imports: QuerySet[Import], name: str) -> None:
    """Does it to each that allows it, and says of the others how many were left out for which reason."""
    decision = _DECISIONS[name]
    rows = list(imports)
    refused: Counter[str] = Counter()
    for row in rows:
        try:
            if name == "retry" and row.status == Status.FAILED and not may_succeed_again(row):
                refused[str(_HOPELESS)] += 1
                continue
            decision.decide(import_id=row.pk, actor=acting(request))
        except NotFound:
            # The list shows it, the residents are not for everybody who sees the list.
            refused[str(_NOT_YOURS)] += 1
        except Problem as problem:
            refused[problem.detail] += 1
    done, left = len(rows) - refused.total(), refused.total()
    messages.info(request, decision.done_to_several % {"done": done, "left": left})
    for sentence, count in refused.most_common():
        messages.warning(request, gettext("%(count)s left alone: %(why)s") % {"count": count, "why": sentence})
