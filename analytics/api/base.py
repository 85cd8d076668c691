"""What the questions of analytics have in common."""

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from analytics.api.serializers import MetaSerializer

SEE = ("analytics.view_importdemand",)
TAG = "analytics"
# Beside what each question says of itself.
SMALL_SEGMENTS = (
    "Callers who may not see residents get small segments merged into rows whose keys are `other`; where a filter "
    "leaves a small group only, there is no row."
)


def page_with_meta(item: type[serializers.Serializer[Any]], name: str, **members: Any) -> Any:
    """The envelope of a page of `item`s with `meta`."""
    fields: dict[str, Any] = {
        "data": item(many=True),
        "count": serializers.IntegerField(),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        **members,
        "meta": MetaSerializer(),
    }
    return inline_serializer(name, fields)
