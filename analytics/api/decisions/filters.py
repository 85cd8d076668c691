"""The filters of demand as a member of a body."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from analytics.api.decisions.base import DecisionQuery
from config.common.texts import gettext as _
from config.common.texts import said

_PAGE = ("limit", "offset")


class FiltersSerializer(DecisionQuery):
    """The filters of demand: each a list of values of which any will do, or one value; and one import."""

    class Meta:
        ref_name = "DecisionFilters"

    def get_fields(self) -> dict[str, Any]:
        return {name: field for name, field in super().get_fields().items() if name not in _PAGE}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError(said(_("An object is expected.")), code="invalid_type")
        strangers = [name for name in data if name not in self.fields]
        if strangers:
            told = serializers.ErrorDetail(said(_("There is no such filter.")), code="unknown_field")
            raise serializers.ValidationError({name: [told] for name in strangers})
        several = {name for name, field in self.fields.items() if isinstance(field, serializers.ListField)}
        lists = {name: [value] if name in several and isinstance(value, str) else value for name, value in data.items()}
        return super().to_internal_value(lists)
