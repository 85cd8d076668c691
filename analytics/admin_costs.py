"""What channels cost, in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from analytics.models import ChannelCost
from analytics.services.deciding.costs import named, remove_cost, set_cost
from config.common.http.callers import acting
from config.common.problems import InvalidInput
from config.common.saved_views.admin import SavedListMixin
from config.common.spellings import fold


class CostForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A channel, or `*`, and what 1,000 residents cost through it."""

    class Meta:
        model = ChannelCost
        fields = ("channel", "cost_per_thousand")

    def clean_channel(self) -> str:
        """Raises `ValidationError` for what is no name, or one that another row has in some spelling."""
        try:
            name: str = named(str(self.cleaned_data["channel"]))
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.detail, code="invalid") from refusal
        if ChannelCost.objects.filter(fold=fold(name)).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(gettext("This channel has a cost already."), code="duplicate")
        return name


@admin.register(ChannelCost)
class ChannelCostAdmin(SavedListMixin):
    """The costs that plans take where none are said."""

    form = CostForm
    list_display = ("channel", "cost_per_thousand")
    search_fields = ("channel",)
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: ChannelCost | None = None) -> tuple[str, ...]:
        # Another channel is another cost.
        return ("channel",) if obj else ()

    def save_model(self, request: HttpRequest, obj: ChannelCost, form: CostForm, change: bool) -> None:
        cost = form.cleaned_data["cost_per_thousand"]
        # The admin goes on with the object that it knows: it must name the row that was made.
        obj.pk = set_cost(channel=obj.channel, cost=cost, actor=acting(request)).pk

    def delete_model(self, request: HttpRequest, obj: ChannelCost) -> None:
        remove_cost(cost_id=obj.pk, actor=acting(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for cost in queryset:
            self.delete_model(request, cost)
