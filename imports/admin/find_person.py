"""Whoever asks what is stored of them: found by name and date of birth in every delivery at once. For Managers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy
from unfold.decorators import action
from unfold.widgets import CHECKBOX_CLASSES, UnfoldAdminTextInputWidget

from config.common.digits import number_in
from config.common.http.error_pages import refused
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import Unavailable
from imports.admin.data_requests import DataRequestsMixin
from imports.dates import parse_birth_date
from imports.models import Citizen
from imports.services.residents.find_person import Found, bodies_not_searched, find_person, similar_people


class PersonForm(forms.Form):
    """Who is looked for."""

    name = forms.CharField(
        max_length=256,
        label=pgettext_lazy("of a person", "Name"),
        help_text=_lazy("The whole name. Case, accents, apostrophes, dashes and double spaces do not count."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    birth_date = forms.CharField(
        label=_lazy("Date of birth"),
        max_length=10,
        help_text=_lazy("DD.MM.YYYY"),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def clean_birth_date(self) -> Any:
        """The date."""
        born = parse_birth_date(self.cleaned_data["birth_date"])
        if born is None:
            raise forms.ValidationError(_("A real date written DD.MM.YYYY is expected."), code="invalid_date")
        return born


class FindPersonMixin(DataRequestsMixin):
    """Adds the page and the button that leads to it. What it is asked is sent by POST: no log of addresses has it."""

    actions_list = ("find_person",)

    @action(description=_lazy("Find a person"), url_path="find", icon="person_search", permissions=["requests"])  # type: ignore[untyped-decorator]  # unfold has no types
    def find_person(self, request: HttpRequest) -> HttpResponse:
        """Shows the form, whom it finds, and does with the chosen ones what the list's actions do."""
        if "action" in request.POST and (answer := self._do(request)) is not None:
            return answer
        form = PersonForm(request.POST or None)
        found = find_person(**form.cleaned_data) if form.is_valid() else None
        similar = similar_people([tuple(form.cleaned_data.values())], besides=found) if found is not None else []
        residents = [one.pair for one in (*(found or ()), *similar)]
        try:
            record_read(reader=Reader.of(request), what=What.LISTED, residents=residents, form="page")
        except Unavailable as problem:
            return refused(request, problem)
        return self._found_page(request, form, found, similar)

    def _do(self, request: HttpRequest) -> HttpResponse | None:
        """None: nobody was chosen, and the page says so."""
        what = {"export_everything": self.export_everything, "erase_everything": self.erase_everything}
        chosen, work = self._chosen_rows(request), what.get(request.POST["action"])
        if work is None or not chosen.exists():
            messages.warning(request, _("Tick the residents that it is about."))
            return None
        return work(request, chosen) or HttpResponseRedirect(request.path)

    def _chosen_rows(self, request: HttpRequest) -> QuerySet[Citizen]:
        keys = request.POST.getlist("_selected_action")
        numbers = [number for key in keys if (number := number_in(key)) is not None]
        rows: QuerySet[Citizen] = self.get_queryset(request).filter(pk__in=numbers)
        return rows

    def _found_page(
        self, request: HttpRequest, form: PersonForm, found: list[Found] | None, similar: list[Found]
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Find a person in all deliveries"),
            "form": form,
            "found": found,
            "similar": similar,
            "groups": [(_("Found"), found), (_("Similar, born on the same day"), similar)],
            "checkbox_classes": " ".join(CHECKBOX_CLASSES),
            "not_searched": [] if found is None else bodies_not_searched({one.import_id for one in found}),
        }
        return TemplateResponse(request, "admin/imports/find_person.html", context)
