"""The page of one's own language and time zone, and the switch of languages in the menu of one's account."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import FormView
from django.views.i18n import set_language
from unfold.widgets import UnfoldAdminSelectWidget

from config.common.accounts.services.preferences import preferences_of, set_preferences
from config.common.background.timing import time_zones
from config.common.http.callers import acting


def _languages() -> list[tuple[str, Any]]:
    return [("", gettext_lazy("As my browser asks")), *settings.LANGUAGES]


def _zones() -> list[tuple[str, Any]]:
    usual = _("As the company: %(zone)s") % {"zone": settings.PAGES_TIME_ZONE}
    return [("", usual), *((name, name) for name in time_zones())]


class PreferencesForm(forms.Form):
    """How pages are read."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=_languages, required=False, widget=UnfoldAdminSelectWidget
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=_zones,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Of all times in pages. The API, files and schedules have their own."),
    )


class PreferencesView(FormView):  # type: ignore[type-arg]  # Django's takes no argument when it runs
    """Both at once."""

    form_class = PreferencesForm
    template_name = "admin/sign_in/preferences.html"
    success_url = reverse_lazy("preferences")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = _("Language and time zone")
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs), "title": title}

    def get_initial(self) -> dict[str, Any]:
        chosen = preferences_of(acting(self.request))
        return {"language": chosen.language, "time_zone": chosen.time_zone}

    def form_valid(self, form: PreferencesForm) -> HttpResponse:
        chosen = set_preferences(user=acting(self.request), **form.cleaned_data)
        # In the language that was chosen just now.
        with override(chosen.language or get_language()):
            messages.success(self.request, _("Saved."))
        return super().form_valid(form)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Changes the language alone, and leads back to where one was."""
    response: HttpResponse = set_language(request)
    if (language := request.POST.get("language")) in dict(settings.LANGUAGES):
        set_preferences(user=acting(request), language=str(language))
    return response
