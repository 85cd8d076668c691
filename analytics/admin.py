"""Places of towns in the admin, and what staff say of them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesCheckboxFilter
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

import analytics.admin_costs
import analytics.admin_demand
import analytics.admin_plans  # noqa: F401 - registers itself
from airports.countries import country_name
from airports.models import Airport
from analytics.dashboard.pages import unplaced_page
from analytics.models import Spelling, TownAlias, TownPlace
from analytics.querysets import TownAliasQuerySet
from analytics.services.placing.find_city import find_city
from analytics.services.placing.town_aliases import remove_alias, set_alias
from config.common.http.callers import acting
from config.common.problems import InvalidInput
from config.common.saved_views.admin import SavedListMixin
from config.common.spellings import fold
from config.common.staff.filters import ColumnDropdownFilter
from config.common.staff.read_only import ReadOnlyAdmin
from config.common.staff.searching import FoldedSearchMixin

_LINK = '<a class="underline" href="{}">{}</a>'


class CountryFilter(ColumnDropdownFilter):
    """The countries in which towns were placed."""

    title = _("country")
    parameter_name = column = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = TownPlace.objects.exclude(country="").order_by().values_list("country", flat=True).distinct()
        return sorted(((code, _called(code)) for code in codes), key=lambda one: fold(one[1]))


@admin.register(TownPlace)
class TownPlaceAdmin(SavedListMixin, FoldedSearchMixin, ReadOnlyAdmin):
    """Where the towns of the deliveries are, and how that was found out."""

    list_display = ("name", "method", "city", "country", "time_zone", "airport_id", "kilometres", "placed_at")
    list_filter = (("method", ChoicesCheckboxFilter), CountryFilter)
    list_filter_submit = True
    saved_parameters = ("method__exact", "country")
    search_fields = ("town__folded", "city__folded", "=country", "=geoname_id")
    exact_fields = ("town", "city")
    show_full_result_count = False
    actions_list = ("unplaced",)
    fields = (
        "name", "method", "city", "country_called", "geoname_id", "position", "time_zone", "airport", "kilometres",
        "may_be", "placed_at",
    )  # fmt: skip
    readonly_fields = ("name", "country_called", "position", "airport", "kilometres", "may_be")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TownPlace]:
        return TownPlace.objects.with_name(Spelling.objects.all())

    @admin.display(description=_("town"), ordering="town")
    def name(self, row: TownPlace) -> str:
        """As most residents write it."""
        name: str = vars(row)["name"]
        return name

    @action(description=_("Not on the map"), url_path="unplaced", icon="wrong_location")  # type: ignore[untyped-decorator]  # unfold has no types
    def unplaced(self, request: HttpRequest) -> HttpResponse:
        """The page of the towns without a place."""
        return unplaced_page(request)

    @admin.display(description=_("km to the airport"), ordering="airport_distance")
    def kilometres(self, row: TownPlace) -> str:
        """Rounded."""
        return "" if row.airport_distance is None else f"{row.airport_distance / 1000:.0f}"

    @admin.display(description=_("country"))
    def country_called(self, row: TownPlace) -> str:
        """Names the country."""
        return _called(row.country)

    @admin.display(description=_("where"))
    def position(self, row: TownPlace) -> str | None:
        """Degrees of latitude and longitude, to some ten metres."""
        return None if row.latitude is None else f"{row.latitude:.4f}, {row.longitude:.4f}"

    @admin.display(description=_("nearest airport"))
    def airport(self, row: TownPlace) -> SafeString | None:
        """Names the airport; it may be gone since."""
        found = Airport.objects.live().filter(pk=row.airport_id).first() if row.airport_id else None
        if found is None:
            return None
        return format_html(_LINK, reverse("admin:airports_airport_change", args=[found.pk]), found)

    @admin.display(description=_("may be"))
    def may_be(self, row: TownPlace) -> SafeString | None:
        """The cities that staff may choose from, the likeliest first, with the people who live there."""
        if not row.suggestions:
            return None
        cities = ((_suggested(one),) for one in row.suggestions)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", cities))


def _suggested(one: dict[str, Any]) -> str:
    people = ngettext("%(count)s person", "%(count)s people", one["population"])
    called = gettext("%(city)s: %(people)s, GeoNames id %(geoname_id)s")
    count = number_format(one["population"], force_grouping=True)
    return called % {
        "city": city_called(one["name"], one["country"]),
        "people": people % {"count": count},
        "geoname_id": one["geoname_id"],
    }


def city_called(name: str | None, country: str | None) -> str:
    """`Valencia, Spain`; empty where neither is known."""
    return ", ".join(part for part in (name, _called(country or "")) if part)


def _called(country: str) -> str:
    """Names a country by its code, in the language of the reader."""
    return country_name(country, get_language() or "") or country


class TownAliasForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A town in any of its spellings, and its city as a person would name it."""

    city = forms.CharField(
        label=_("City"),
        widget=UnfoldAdminTextInputWidget,
        max_length=300,
        help_text=_("As “Valencia, Spain” or “Valencia, ES”, or by its GeoNames id."),
    )

    class Meta:
        model = TownAlias
        fields = ("town",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["city"] = str(self.instance.geoname_id)

    def clean_town(self) -> str:
        """What is stored of it; so a town that has an alias already is refused in every spelling."""
        self.instance.name = str(self.cleaned_data["town"])
        return fold(self.instance.name)

    def clean_city(self) -> int:
        """The GeoNames id. Raises `ValidationError` for what is no city, or may be several."""
        try:
            return find_city(self.cleaned_data["city"]).geoname_id
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.detail, code="unknown_city") from refusal


@admin.register(TownAlias)
class TownAliasAdmin(SavedListMixin, FoldedSearchMixin):
    """What staff said towns are. Adding, changing and deleting one places its town at once."""

    form = TownAliasForm
    list_display = ("name", "city", "geoname_id", "created_at", "created_by")
    list_select_related = ("created_by",)
    search_fields = ("name__folded", "=geoname_id")
    exact_fields = ("name",)
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: TownAlias | None = None) -> tuple[str, ...]:
        # Another town is another alias.
        return ("name", "city", "place") if obj else ("town", "city")

    def get_readonly_fields(self, request: HttpRequest, obj: TownAlias | None = None) -> tuple[str, ...]:
        return ("name", "place") if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[TownAlias]:
        aliases: TownAliasQuerySet = super().get_queryset(request)
        return aliases.with_city(TownPlace.objects.all())

    @admin.display(description=_("city"), ordering="city")
    def city(self, row: Any) -> str:
        """Its name and country."""
        return city_called(row.city, row.country)

    @admin.display(description=_("is now"))
    def place(self, row: Any) -> SafeString | None:
        """The city, which leads to the place of the town."""
        if not row.city:
            return None
        return format_html(_LINK, reverse("admin:analytics_townplace_change", args=[row.town]), self.city(row))

    def save_model(self, request: HttpRequest, obj: TownAlias, form: TownAliasForm, change: bool) -> None:
        set_alias(town=obj.name, geoname_id=form.cleaned_data["city"], actor=acting(request))
        # The admin goes on with the object that it knows: it must name the row that was made.
        obj.pk = TownAlias.objects.values_list("pk", flat=True).get(town=fold(obj.name))

    def delete_model(self, request: HttpRequest, obj: TownAlias) -> None:
        remove_alias(town=obj.town, actor=acting(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[TownAlias]) -> None:
        for alias in queryset:
            self.delete_model(request, alias)
