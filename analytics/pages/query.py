"""Checks what the page takes: its query, and the form on it."""

from collections.abc import Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from rest_framework import serializers

from analytics.models.plans import LEAST_COST, MOST_MONEY
from analytics.pages.decisions import QUESTIONS, plan
from analytics.pages.filters import GROUPINGS, GROUPS, Filters
from analytics.pages.sections.heat import MEASURES
from analytics.services.asking.questions import UNPLACED
from analytics.services.asking.scopes import known_age_groups
from analytics.services.deciding.calendar import BUYER, RECIPIENT
from analytics.services.deciding.holdout import MOST_PAIRS, MOST_SEED
from config.common.digits import MAX_INTEGER
from config.common.http.documents import FiniteNumber
from config.common.http.pagination import MAX_OFFSET
from imports.fields import MAX_CHANNEL, MAX_TEXT
from imports.models import Citizen

_MAX_SOURCE = 64
_YEAR_WEEKS = 52


class _Values(serializers.ListField):
    """Some values of a dimension, each once."""

    def __init__(self, child: serializers.Field[Any, Any, Any, Any], **options: Any) -> None:
        super().__init__(child=child, required=False, default=tuple, **options)  # type: ignore[arg-type]  # stubs know lists alone

    def to_internal_value(self, data: Any) -> Any:
        return tuple(dict.fromkeys(super().to_internal_value(data)))


def _texts(longest: int) -> _Values:
    return _Values(serializers.CharField(max_length=longest, trim_whitespace=False))


class PageQuery(serializers.Serializer[Any]):
    """The filters, the shades of the heat map, and where the list begins."""

    country = _texts(len(UNPLACED))
    city = _texts(MAX_TEXT)
    town = _texts(MAX_TEXT)
    age_group = _texts(16)
    channel = _texts(MAX_CHANNEL)
    gender = _Values(serializers.ChoiceField(choices=Citizen.Gender.choices))
    source = _texts(_MAX_SOURCE)  # type: ignore[assignment]  # the base has one too
    min_residents = serializers.IntegerField(required=False, default=0, min_value=0, max_value=MAX_INTEGER)
    measure = serializers.ChoiceField(choices=list(MEASURES), required=False, default=Filters.measure)
    by = serializers.ChoiceField(choices=list(GROUPINGS), required=False, default="")
    ask = serializers.ChoiceField(choices=list(QUESTIONS), required=False, default="")
    group = serializers.ChoiceField(choices=GROUPS, required=False, default=Filters.group)
    of = serializers.ChoiceField(choices=[BUYER, RECIPIENT], required=False, default=Filters.of)
    lead = serializers.IntegerField(required=False, default=Filters.lead, min_value=1, max_value=_YEAR_WEEKS)
    budget = FiniteNumber(required=False, default=None, min_value=0, max_value=MOST_MONEY)
    reach = serializers.IntegerField(required=False, default=Filters.reach, min_value=1, max_value=100)
    plan_by = serializers.ChoiceField(choices=list(plan.GROUPINGS), required=False, default="")
    cost_of = _texts(MAX_CHANNEL)
    cost = serializers.ListField(child=FiniteNumber(min_value=0, max_value=MOST_MONEY), required=False, default=list)
    seed = serializers.IntegerField(required=False, default=Filters.seed, min_value=0, max_value=MOST_SEED)
    pairs = serializers.IntegerField(required=False, default=Filters.pairs, min_value=0, max_value=MOST_PAIRS)
    offset = serializers.IntegerField(required=False, default=0, min_value=0, max_value=MAX_OFFSET)

    def validate_cost(self, value: Sequence[float]) -> Sequence[float]:
        """Raises `ValidationError` for what is nearly nothing, and says so of too many or too few."""
        if any(0 < cost < LEAST_COST for cost in value):
            told = _("A cost is 0, or at least %(least)s.") % {"least": number_format(LEAST_COST)}
            raise serializers.ValidationError(told, code="min_value")
        return tuple(value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises `ValidationError` unless each channel with a cost has one."""
        if len(attrs["cost"]) != len(attrs["cost_of"]):
            raise serializers.ValidationError({"cost": [_("Say of each channel what it costs.")]}, code="invalid")
        return attrs

    def validate_age_group(self, value: Sequence[str]) -> Sequence[str]:
        """Raises `ValidationError` for what was never an age group here."""
        if value and not set(value) <= known_age_groups():
            raise serializers.ValidationError(_("There is no such age group."), code="invalid_choice")
        return value


class FormSerializer(serializers.Serializer[Any]):
    """What the button says."""

    action = serializers.ChoiceField(choices=["refresh"], help_text="`refresh` has the demand counted again.")
