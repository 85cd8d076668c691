"""What was counted of each delivery, and how it is counted, in the admin."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from analytics.dashboard.pages import channels_page
from analytics.models import Alert, DemandSettings, ImportDemand
from analytics.pages.labels import signed
from analytics.services.asking.find_demand import is_restricted
from analytics.services.counting.change_settings import MAX_AGE, MAX_GROUPS, change_settings, check_age_bounds
from analytics.services.counting.stale import stale_imports
from analytics.services.deciding.alerts import shown_alerts
from config.common.http.callers import acting
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.export import Table
from config.common.staff.filters import FlagFilter, YesNoFilter
from config.common.staff.read_only import ReadOnlyAdmin
from imports.admin.named_filters import SourceFilter

# Of a delivery of few residents they say something of each.
_FIGURES = ("residents", "courses", "buyers")
# Three digits and a comma for each group.
_MAX_TEXT = 10 * MAX_GROUPS


class FreshFilter(YesNoFilter):
    """Counted as the delivery is now, or about to be counted again."""

    title = _("freshness")
    parameter_name = "fresh"
    states: ClassVar[dict[str, Any]] = {"yes": _("Fresh"), "no": _("Stale")}

    def having(self, queryset: QuerySet[Any]) -> Q:
        return Q(is_stale=False)


@admin.register(ImportDemand)
class ImportDemandAdmin(SavedListMixin, ReadOnlyAdmin):
    """What was counted of each delivery, the newest first, and whether it holds still."""

    list_display = ("delivery_number", "source", "delivered_at", "is_current", "freshness", *_FIGURES, "refreshed_at")
    # What others see instead, and how it was drawn, is nobody's figure.
    exclude = (*(f"shown_{name}" for name in _FIGURES), "drawn_at")
    list_filter = (SourceFilter, ("is_current", FlagFilter), FreshFilter)
    list_filter_submit = True
    saved_parameters = ("source", "is_current__exact", "fresh")
    search_fields = ("source__folded",)
    ordering = ("-delivery_id",)
    show_full_result_count = False
    actions_list = ("channels",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportDemand]:
        return ImportDemand.objects.with_staleness([one.import_id for one in stale_imports()])

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        return self._shown(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return self._shown(request, super().get_fields(request, obj))

    def export_table(self, request: HttpRequest, rows: QuerySet[ImportDemand]) -> Table:
        """With the field's own name."""
        names, lines = super().export_table(request, rows)
        return ["delivery_id" if name == "delivery_number" else name for name in names], lines

    # Django would make an English label of the column's name.
    @display(description=_("delivery id"), ordering="delivery_id")  # type: ignore[untyped-decorator]  # unfold has no types
    def delivery_number(self, row: ImportDemand) -> int:
        """Of which delivery it is."""
        return row.delivery_id

    @display(description=_("freshness"), label={"fresh": "success", "stale": "warning"}, ordering="is_stale")  # type: ignore[untyped-decorator]  # unfold has no types
    def freshness(self, row: ImportDemand) -> tuple[str, str]:
        """Whether it is about to be counted again: a word of ours, and how it is said."""
        return ("stale", gettext("stale")) if vars(row)["is_stale"] else ("fresh", gettext("fresh"))

    @action(description=_("Channels"), url_path="channels", icon="campaign")  # type: ignore[untyped-decorator]  # unfold has no types
    def channels(self, request: HttpRequest) -> HttpResponse:
        """The page of the advertising channels."""
        return channels_page(request)

    def _shown(self, request: HttpRequest, names: Sequence[Any]) -> Sequence[Any]:
        restricted = is_restricted(acting(request))
        return [name for name in names if not (restricted and name in _FIGURES)]


@admin.register(Alert)
class AlertAdmin(SavedListMixin, ReadOnlyAdmin):
    """Changes from delivery to delivery that passed the limits, the newest first."""

    list_display = ("called", "source", "delivery_number", "change_called", "interval", "residents", "q", "created_at")
    list_filter = (SourceFilter,)
    list_filter_submit = True
    saved_parameters = ("source",)
    search_fields = ("source__folded",)
    show_full_result_count = False
    fields = (
        "called", "source", "delivery_number", "before_id", "change_called", "interval", "residents_before",
        "courses_before", "residents", "courses", "q", "created_at",
    )  # fmt: skip
    readonly_fields = ("called", "delivery_number", "change_called", "interval")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return shown_alerts()

    @admin.display(description=_("group"))
    def called(self, row: Alert) -> str:
        """Who changed."""
        return row.called

    @admin.display(description=_("delivery"), ordering="delivery_id")
    def delivery_number(self, row: Alert) -> int:
        """Its number."""
        return row.delivery_id

    @admin.display(description=_("change of courses per 100"), ordering="change")
    def change_called(self, row: Alert) -> str:
        """Rounded, with its sign."""
        return signed(row.change, digits=1)

    @admin.display(description=_("95 % interval"))
    def interval(self, row: Alert) -> str:
        """Its ends."""
        ends = {"low": signed(row.change_low, digits=1), "high": signed(row.change_high, digits=1)}
        return gettext("%(low)s to %(high)s") % ends


class DemandSettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """The age groups as a person writes them, and the size of a small segment."""

    age_bounds = forms.CharField(
        label=_("Age groups"),
        max_length=_MAX_TEXT,
        widget=UnfoldAdminTextInputWidget,
        help_text=format_lazy(
            _("The first age of each group, from 0 upwards: “0, 18, 25, 35”. At most {groups}, to {age}."),
            groups=MAX_GROUPS,
            age=MAX_AGE,
        ),
    )

    class Meta:
        model = DemandSettings
        fields = ("age_bounds", "small_segment", "alert_residents", "alert_percent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by = self.instance if self.instance.pk else None
        bounds = by.age_bounds if by else settings.AGE_BOUNDS
        self.initial["age_bounds"] = ", ".join(map(str, bounds))
        self.initial.setdefault("small_segment", settings.SMALL_SEGMENT)
        if by is None:
            self.initial["small_segment"] = settings.SMALL_SEGMENT

    def clean_age_bounds(self) -> list[int]:
        """The numbers. Raises `ValidationError` for what is none, and for what makes no groups."""
        parts = [part.strip() for part in self.cleaned_data["age_bounds"].split(",")]
        if not all(part.isascii() and part.isdecimal() for part in parts):
            raise forms.ValidationError(_("Write whole numbers with commas between them."), code="invalid")
        bounds = [int(part) for part in parts]
        try:
            check_age_bounds(bounds)
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal), code="invalid") from refusal
        return bounds


@admin.register(DemandSettings)
class DemandSettingsAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """How demand is counted; without a row by the product's defaults."""

    form = DemandSettingsForm
    change_form_before_template = "admin/dashboard/settings_note.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        # A list of one row, or of none while the product's own values hold, would say nothing.
        alone = {"title": _("Demand settings"), "show_save_and_add_another": False, "show_save_and_continue": False}
        return self.add_view(request, reverse("admin:analytics_demandsettings_add"), {**alone, **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        # There is one row: where it is there already, adding is changing it.
        stored = DemandSettings.objects.values_list("pk", flat=True).first()
        if stored is None:
            return cast("HttpResponse", super().add_view(request, form_url, extra_context))
        return cast("HttpResponse", self.change_view(request, str(stored), form_url, extra_context))

    def has_delete_permission(self, request: HttpRequest, obj: DemandSettings | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: DemandSettings, form: DemandSettingsForm, change: bool) -> None:
        stored = change_settings(
            age_bounds=form.cleaned_data["age_bounds"],
            small_segment=form.cleaned_data["small_segment"],
            alert_residents=form.cleaned_data["alert_residents"],
            alert_percent=form.cleaned_data["alert_percent"],
            actor=acting(request),
        )
        obj.pk = stored.pk
