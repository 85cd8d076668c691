"""Checks what the page takes: its query, and the form on it."""

from typing import Any

from rest_framework import serializers

from analytics.pages.filters import ALL, GROUPINGS, ROWS, Filters
from analytics.pages.sections.heat import MEASURES
from analytics.services.asking.questions import UNPLACED
from analytics.services.asking.scopes import known_age_groups
from config.common.digits import MAX_INTEGER
from config.common.http.pagination import MAX_OFFSET
from imports.fields import MAX_CHANNEL, MAX_TEXT
from imports.models import Citizen

_MAX_SOURCE = 64
# A form sends its empty fields too.
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True, "default": "", "trim_whitespace": False}


class _Number(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> Any:
        return 0 if data == "" else super().to_internal_value(data)


class PageQuery(serializers.Serializer[Any]):
    """The filters, the shades of the heat map, and where the list begins."""

    country = serializers.CharField(max_length=len(UNPLACED), **_TEXT)
    city = serializers.CharField(max_length=MAX_TEXT, **_TEXT)
    town = serializers.CharField(max_length=MAX_TEXT, **_TEXT)
    age_group = serializers.CharField(max_length=16, **_TEXT)
    channel = serializers.CharField(max_length=MAX_CHANNEL, **_TEXT)
    gender = serializers.ChoiceField(choices=Citizen.Gender.choices, required=False, allow_blank=True, default="")
    source = serializers.CharField(max_length=_MAX_SOURCE, **_TEXT)  # type: ignore[assignment]  # the base has one too
    min_residents = _Number(required=False, default=0, min_value=0, max_value=MAX_INTEGER)
    measure = serializers.ChoiceField(choices=list(MEASURES), required=False, default=Filters.measure)
    index_base = serializers.ChoiceField(choices=[ALL, ROWS], required=False, default=ALL)
    by = serializers.ChoiceField(choices=list(GROUPINGS), required=False, allow_blank=True, default="")
    offset = _Number(required=False, default=0, min_value=0, max_value=MAX_OFFSET)

    def validate_age_group(self, value: str) -> str:
        """Raises `ValidationError` for what was never an age group here."""
        if value and value not in known_age_groups():
            raise serializers.ValidationError("There is no such age group.", code="invalid_choice")
        return value


class FormSerializer(serializers.Serializer[Any]):
    """What the button says."""

    action = serializers.ChoiceField(choices=["refresh"], help_text="`refresh` has the demand counted again.")
