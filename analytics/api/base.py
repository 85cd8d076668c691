"""Holds what the questions of analytics have in common."""

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from analytics.api.serializers import MetaSerializer
from analytics.services.asking.scopes import UnknownImport
from config.common.http.viewsets import ApiViewSet
from config.common.problems import FieldError
from config.common.texts import gettext as _

SEE = ("analytics.view_importdemand",)
TAG = "analytics"
# Beside what each question says of itself.
SMALL_SEGMENTS = (
    "Callers who may not see residents get small segments merged into rows whose keys are `other`; where a filter "
    "leaves a small group only, there is no row."
)


class QuestionViewSet(ApiViewSet):
    """Says of a question that could not be answered which parameter is wrong."""

    # Where a request names an import.
    import_pointer: ClassVar[str] = "?import_id"

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]  # ours are Django's own
        if isinstance(exc, UnknownImport):
            exc.errors = [FieldError(self.import_pointer, "invalid_choice", exc.text)]
            exc.text = _("The query is not valid.") if "?" in self.import_pointer else _("The body is not valid.")
        answer: HttpResponse = super().handle_exception(exc)
        return answer


def page_with_meta(
    item: type[serializers.Serializer[Any]], name: str, *, meta: type[MetaSerializer] = MetaSerializer, **members: Any
) -> Any:
    """Describes the envelope of a page of `item`s with `meta`."""
    fields: dict[str, Any] = {
        "data": item(many=True),
        "count": serializers.IntegerField(),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        **members,
        "meta": meta(),
    }
    return inline_serializer(name, fields)
