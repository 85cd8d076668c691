"""The airports: their list, their form, and what the other rooms of this package add."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from airports.admin.actions import ActionsMixin, flagged_as_deleted, say
from airports.admin.filters import CountryFilter, HistoryFilter, SourceFilter, TypeFilter
from airports.admin.forms import AirportForm
from airports.admin.history import HistoryMixin
from airports.admin.upload import UploadMixin
from airports.api.responses import airports_csv, airports_xlsx
from airports.fields import NAMES
from airports.models import Airport
from airports.querysets import closest
from airports.services.create_airport import create_airport
from airports.services.flag_many import flag_airports
from airports.services.update_airport import update_airport
from config.common.http.callers import acting
from config.common.problems import Problem
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.filters import FlagFilter
from config.common.staff.searching import FoldedSearchMixin

_FLAGGED = "flagged"


@admin.register(Airport)
class AirportAdmin(FoldedSearchMixin, UploadMixin, SavedListMixin, ActionsMixin, HistoryMixin, ModelAdmin):  # type: ignore[misc]  # neither has types
    """Airports. Deleting flags them; what is flagged can be restored, or deleted for good."""

    form = AirportForm
    list_display = ("name", "city", "country", "iata", "icao", "tz", "updated_at", "flagged")
    list_filter = (CountryFilter, ("is_deleted", FlagFilter), HistoryFilter, TypeFilter, SourceFilter)
    list_filter_submit = True
    saved_parameters = ("country", "is_deleted__exact", "changed", "type", "source")
    search_fields = ("search__folded", "=iata", "=icao")
    show_full_result_count = False
    change_form_template = "admin/airports/change_form.html"
    delete_confirmation_template = "admin/airports/flag.html"

    def export_response(self, request: HttpRequest, rows: Any, format: str) -> HttpResponseBase:
        """The columns that an upload takes."""
        return airports_csv(rows) if format == "csv" else airports_xlsx(rows)

    def closest(self, words: str) -> list[Combinable]:
        return closest(words)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Airport]:
        return Airport.objects.all() if self.has_delete_permission(request) else Airport.objects.live()

    def get_readonly_fields(self, request: HttpRequest, obj: Airport | None = None) -> tuple[str, ...]:
        # A new one has none of them yet: the database fills them in.
        return ("on_the_map", "flagged", "deleted_at", "created_at", "updated_at", "version") if obj else ()

    @display(description=gettext_lazy("Flagged as deleted"), ordering="is_deleted", label={_FLAGGED: "danger"})  # type: ignore[untyped-decorator]  # unfold has no types
    def flagged(self, airport: Airport) -> tuple[str, str] | None:
        """Nothing where all is well: a red cross would read as an alarm."""
        return (_FLAGGED, _("flagged")) if airport.is_deleted else None

    @admin.display(description=gettext_lazy("On the map"))
    def on_the_map(self, airport: Airport) -> SafeString:
        """Links, not maps: nothing is loaded from elsewhere until somebody follows one."""
        place = f"{airport.latitude!r},{airport.longitude!r}"
        there = (
            f"?mlat={airport.latitude!r}&mlon={airport.longitude!r}#map=12/{airport.latitude!r}/{airport.longitude!r}"
        )
        return format_html(
            '<a class="underline" href="geo:{0}">{0}</a> · <a class="underline" target="_blank"'
            ' rel="noopener noreferrer" href="https://www.openstreetmap.org/{1}">{2}</a>',
            place,
            there,
            _("OpenStreetMap (opens a new tab)"),
        )

    def has_change_permission(self, request: HttpRequest, obj: Airport | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_deleted)

    def has_delete_permission(self, request: HttpRequest, obj: Airport | None = None) -> bool:
        # Of a flagged one there is nothing left to flag.
        return super().has_delete_permission(request, obj) and not (obj and obj.is_deleted)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._or_message(request, lambda: super(AirportAdmin, self).changeform_view(request, *args, **kwargs))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        # The button says what it does.
        may_flag = kwargs.get("change") and self.has_delete_permission(request, kwargs.get("obj"))
        # A template may not read a name that begins with an underscore.
        filters = request.GET.get("_changelist_filters", "")
        context |= {"show_delete": False, "may_flag": may_flag, "list_filters": filters}
        answer: HttpResponse = super().render_change_form(request, context, **kwargs)
        return answer

    def _or_message(self, request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
        """A refusal that the form could not foresee, since another wrote between its check and the save."""
        try:
            return answer()
        except Problem as problem:
            messages.error(request, problem.detail)
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Airport, form: AirportForm, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in NAMES}
        if change:
            known = {form.cleaned_data["known_version"]}
            update_airport(airport_id=obj.pk, values=values, actor=acting(request), versions=known)
        else:
            # The admin goes on with the object that it knows: it must name the row that was made.
            obj.pk = create_airport(values=values, actor=acting(request)).pk

    def delete_model(self, request: HttpRequest, obj: Airport) -> None:
        say(request, flag_airports(airport_ids=[obj.pk], actor=acting(request)), flagged_as_deleted)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        # Django's own would say that it was deleted; `delete_model` has said what happened.
        listing = reverse("admin:airports_airport_changelist")
        kept = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return HttpResponseRedirect(add_preserved_filters(kept, listing))
