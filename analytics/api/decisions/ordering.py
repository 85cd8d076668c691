"""Checks by what the rows of decisions are ordered."""

from collections.abc import Collection, Sequence

from rest_framework import serializers

from analytics.api.queries import NamesParameter
from config.common.texts import gettext as _
from config.common.texts import said


def ordering_of(names: Sequence[str], default: str) -> NamesParameter:
    """Makes the parameter that orders by any of `names`; `default` says by what without it."""
    text = f"By {', '.join(names)}, with commas or repeated; `-` before one for descending. {default}"
    return NamesParameter(names, signed=True, required=False, default=(), help_text=text)


def check_grouped(ordering: Sequence[str], names: Collection[str]) -> None:
    """Raises `ValidationError` for an order by what the rows do not have."""
    if not {name.removeprefix("-") for name in ordering} <= {*names}:
        error = serializers.ErrorDetail(said(_("Order by keys that the rows are grouped by.")), code="not_grouped")
        raise serializers.ValidationError({"ordering": error})
