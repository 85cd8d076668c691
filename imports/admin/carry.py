"""The page that carries corrections forward: what would be corrected again, what came otherwise, and a button."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from config.common.http.callers import acting
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import Problem
from imports.admin.access import open_delivery
from imports.models import Citizen, Import
from imports.services.residents.carry_corrections import carry_corrections, plan_carrying
from imports.services.residents.rename_value import MAY_RENAME


class CarryMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Adds the page, for those who may correct."""

    def carry_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows what would be done; by POST does it."""
        if not acting(request).has_perm(MAY_RENAME):
            raise PermissionDenied
        found = open_delivery(request, object_id)
        if found is None:
            raise Http404
        try:
            if request.method == "POST":
                return _carried(request, found)
            plan = plan_carrying(import_id=found.pk, actor=acting(request))
            residents = [(found.pk, sample.citizen_id) for sample in plan.samples]
            record_read(reader=Reader.of(request), what=What.LISTED, residents=residents, form="page")
        except Problem as problem:
            messages.error(request, problem.detail)
            return _back(found)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Corrections for %(delivery)s") % {"delivery": found},
            "delivery": found,
            "plan": plan,
        }
        return TemplateResponse(request, "admin/imports/carry.html", context)


def _carried(request: HttpRequest, found: Import) -> HttpResponse:
    plan = carry_corrections(import_id=found.pk, actor=acting(request))
    messages.success(request, _("Carried forward: %(counts)s.") % {"counts": _counts_by_field(plan.carried)})
    if plan.conflicts:
        messages.warning(request, _("Left as they came: %(counts)s.") % {"counts": _counts_by_field(plan.conflicts)})
    return _back(found)


def _counts_by_field(counts: dict[str, int]) -> str:
    told = (f"{Citizen.called(name)} {localize(count, use_l10n=True)}" for name, count in counts.items())
    return ", ".join(told) or _("nothing")


def _back(found: Import) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:imports_import_change", args=(found.pk,)))
