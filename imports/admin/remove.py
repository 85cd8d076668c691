"""Two ways for a delivery to go, each with a page that asks first."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from config.common.http.callers import acting
from imports.admin.access import carry_out
from imports.models import Import
from imports.querysets import MAY_ERASE
from imports.services.erasing.delete_delivery import delete_delivery
from imports.services.erasing.erase_delivery import erase_delivery, plan_erasure


def _counts(found: Import) -> list[tuple[str, int]]:
    """How many rows go with it."""
    plan = plan_erasure(import_id=found.pk)
    return [(_("residents"), plan.citizens), (_("corrections"), plan.corrections)]


class RemoveMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Deleting takes the delivery out of every list. Erasing leaves it there, without anything personal."""

    def erase_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks, with how many rows it is about; by POST erases."""
        found = self._found(request, object_id)
        context = {
            "title": _("Erase the residents of %(delivery)s") % {"delivery": found},
            "sentence": _(
                "Its residents, its raw body and the values of corrections go for good, everywhere. "
                "The delivery stays in the list, with how many residents it had."
            ),
            "counts": _counts(found),
            "button": _("Erase for good"),
        }
        done = _("Nobody can see its residents any more; their rows go in the background.")
        page = reverse("admin:imports_import_change", args=(found.pk,))
        return self._ask(request, found, erase_delivery, done, page, context)

    def remove_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks; by POST deletes."""
        found = self._found(request, object_id)
        context = {
            "title": _("Delete %(delivery)s") % {"delivery": found},
            "sentence": _("It leaves every list at once, and nobody gets it back."),
            "counts": _counts(found),
            "button": _("Delete"),
        }
        done = _("%(delivery)s is deleted; its rows go in the background.") % {"delivery": found}
        return self._ask(request, found, delete_delivery, done, reverse("admin:imports_import_changelist"), context)

    def _found(self, request: HttpRequest, object_id: str) -> Import:
        if not acting(request).has_perm(MAY_ERASE):
            raise PermissionDenied
        found: Import | None = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def _ask(
        self,
        request: HttpRequest,
        found: Import,
        service: Callable[..., Any],
        done: str,
        leads_to: str,
        context: dict[str, Any],
    ) -> HttpResponse:
        if request.method != "POST":
            shared = {**self.admin_site.each_context(request), "opts": self.opts, "delivery": found}
            return TemplateResponse(request, "admin/imports/confirm.html", shared | context)

        def work() -> str:
            service(import_id=found.pk, actor=acting(request))
            return done

        carry_out(request, work)
        return HttpResponseRedirect(leads_to)
