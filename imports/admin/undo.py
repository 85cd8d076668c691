"""The pages that undo a correction or a renaming: what would be put back, what stands against it, and a button."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from config.common.http.callers import acting
from config.common.privacy.admin import recorded
from config.common.privacy.services.reads import What
from config.common.problems import Forbidden, NotFound, Problem
from imports.admin.history import HistoryMixin, cut
from imports.admin.rename import say_outcome
from imports.admin.resident_form import label
from imports.fields import written
from imports.models import Citizen, Rename
from imports.services.residents.undo_correction import ChangedSince, correction_to_undo, plan_undo, undo_correction
from imports.services.residents.undo_rename import plan_undo_rename, undo_rename

_TEMPLATE = "admin/imports/undo.html"


class UndoCorrectionMixin(HistoryMixin):
    """Of one resident: their history, and the way back."""

    def undo_view(self, request: HttpRequest, correction_id: int) -> HttpResponse:
        """Shows the values as they are and as they would be; by POST puts them back."""
        correction = _or_404(lambda: correction_to_undo(correction_id=correction_id, actor=acting(request)))
        about = (correction.delivery_id, correction.citizen_id)
        if request.method == "POST":
            try:
                citizen = undo_correction(correction_id=correction_id, actor=acting(request))
            except Problem as problem:
                messages.error(request, problem.detail)
                return HttpResponseRedirect(request.path)
            messages.success(
                request, _("Undone: %(resident)s is as before that correction.") % {"resident": label(citizen)}
            )
            return HttpResponseRedirect(reverse("admin:imports_citizen_change", args=(citizen.pk,)))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Undo a correction of resident %(resident)s of delivery %(delivery)s")
            % {"delivery": about[0], "resident": about[1]},
            "correction": correction,
            "resident": Citizen.objects.of(about[0]).filter(citizen_id=about[1]).first(),
        }
        response = TemplateResponse(request, _TEMPLATE, context | _planned(request, correction_id))
        return recorded(request, response, What.PAGE, {about})  # type: ignore[return-value]  # a response


def _planned(request: HttpRequest, correction_id: int) -> dict[str, Any]:
    try:
        plan = plan_undo(correction_id=correction_id, actor=acting(request))
    except ChangedSince as problem:
        since = [(one.field, cut(one.now), one.by, one.at) for one in problem.fields]
        return {"refusal": problem.detail, "since": since}
    except Problem as problem:
        return {"refusal": problem.detail}
    now = written(plan.citizen, plan.patch)
    return {"changes": [(name, cut(now[name]), cut(value)) for name, value in plan.patch.items()]}


class UndoRenameMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Of a whole delivery."""

    def undo_rename_view(self, request: HttpRequest, rename_id: int) -> HttpResponse:
        """Says how many would get their name back, and who was changed since; by POST gives it back."""
        rename = Rename.objects.filter(pk=rename_id).first()
        if rename is None:
            raise Http404
        page = reverse("admin:imports_import_change", args=(rename.delivery_id,))
        try:
            if request.method == "POST":
                undone = undo_rename(rename_id=rename_id, actor=acting(request))
                text = ngettext(
                    "Undone: %(count)s resident is called %(after)s again.",
                    "Undone: %(count)s residents are called %(after)s again.",
                    undone.citizens or 0,
                )
                say_outcome(request, undone, text)
                return HttpResponseRedirect(page)
            plan = _or_404(lambda: plan_undo_rename(rename_id=rename_id, actor=acting(request)))
        except Forbidden as problem:
            raise PermissionDenied from problem
        except Problem as problem:
            messages.error(request, problem.detail)
            return HttpResponseRedirect(page)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Undo a renaming in delivery %(delivery)s") % {"delivery": rename.delivery_id},
            "rename": plan,
        }
        residents = {(rename.delivery_id, citizen.citizen_id) for citizen, _change in plan.sample}
        response = TemplateResponse(request, _TEMPLATE, context)
        return recorded(request, response, What.LISTED, residents)  # type: ignore[return-value]  # a response


def _or_404(find: Callable[[], Any]) -> Any:
    try:
        return find()
    except NotFound as problem:
        raise Http404 from problem
    except Forbidden as problem:
        raise PermissionDenied from problem
