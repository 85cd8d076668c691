"""The page that renames a town or a channel throughout a delivery, with a look before."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.common.http.callers import acting
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import InvalidInput, Problem
from imports.admin.access import open_delivery
from imports.admin.history import HistoryMixin
from imports.models import Import, Rename
from imports.services.residents.rename_value import MAY_RENAME, Plan, ask_rename, plan_rename


class RenameForm(forms.Form):
    """What is called how, and what it is to be called."""

    field = forms.ChoiceField(
        label=gettext_lazy("What"),
        # Of the field: these are in the reader's language.
        choices=Rename._meta.get_field("field").flatchoices,
        widget=UnfoldAdminSelectWidget,
    )
    before = forms.CharField(
        label=gettext_lazy("Is called"),
        help_text=gettext_lazy("Exactly as it is written."),
        strip=False,
        max_length=256,
        widget=UnfoldAdminTextInputWidget,
    )
    after = forms.CharField(label=gettext_lazy("Shall be called"), max_length=256, widget=UnfoldAdminTextInputWidget)


class RenameMixin(HistoryMixin):
    """The preview, and what it leads to: corrections, which are the history of a delivery."""

    def rename_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows the form; with it sent, whom it is about; confirmed, renames."""
        if not acting(request).has_perm(MAY_RENAME):
            raise PermissionDenied
        found = open_delivery(request, object_id)
        if found is None:
            raise Http404
        # From a town or a channel one comes with it filled in.
        form = RenameForm(request.POST) if request.method == "POST" else RenameForm(initial=request.GET.dict())
        plan = None
        if form.is_bound and form.is_valid():
            try:
                if "confirm" in request.POST:
                    return _renamed(request, found, form.cleaned_data)
                plan = plan_rename(import_id=found.pk, actor=acting(request), **form.cleaned_data)
                residents = [(found.pk, citizen.citizen_id) for citizen in plan.sample]
                record_read(reader=Reader.of(request), what=What.LISTED, residents=residents, form="page")
            except Problem as problem:
                _add_errors(form, problem)
        return self._page(request, found, form, plan)

    def _page(self, request: HttpRequest, found: Import, form: RenameForm, plan: Plan | None) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Rename in %(delivery)s") % {"delivery": found},
            "delivery": found,
            "form": form,
            "plan": plan,
            "asked": form.cleaned_data if plan else None,
        }
        return TemplateResponse(request, "admin/imports/rename.html", context)


def say_outcome(request: HttpRequest, rename: Rename, done: str) -> None:
    """Tells what became of a renaming; `done`, with placeholders `count`, `before` and `after`, where it is done."""
    if rename.refusal:
        messages.error(request, _(rename.refusal))
    elif rename.finished_at is None:
        messages.info(request, _("Many residents are concerned: they are renamed in the background."))
    else:
        count = localize(rename.citizens or 0, use_l10n=True)
        messages.success(request, done % {"count": count, "before": rename.before, "after": rename.after})


def _renamed(request: HttpRequest, found: Import, asked: dict[str, Any]) -> HttpResponse:
    rename = ask_rename(import_id=found.pk, actor=acting(request), **asked)
    text = ngettext(
        "%(count)s resident renamed: %(before)s → %(after)s.",
        "%(count)s residents renamed: %(before)s → %(after)s.",
        rename.citizens or 0,
    )
    say_outcome(request, rename, text)
    return HttpResponseRedirect(reverse("admin:imports_import_change", args=(found.pk,)))


def _add_errors(form: RenameForm, problem: Problem) -> None:
    if not (isinstance(problem, InvalidInput) and problem.errors):
        form.add_error(None, problem.detail)
    for error in problem.errors:
        form.add_error(error.pointer.removeprefix("/"), error.detail)
