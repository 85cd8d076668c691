"""Holds what the endpoints of decisions have in common."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from drf_spectacular.utils import OpenApiResponse, inline_serializer
from rest_framework import serializers, status

from analytics.api.base import QuestionViewSet
from analytics.api.queries import SegmentQuery
from analytics.services.asking.kept import NotCountedYet
from config.common.digits import MAX_INTEGER

COUNTING: dict[Any, Any] = {
    (202, "application/json"): OpenApiResponse(
        inline_serializer("StillCounting", {"status": serializers.ChoiceField(choices=["counting"])}),
        description="It is being counted: ask the same URL again after `Retry-After` seconds.",
    )
}


class DecisionViewSet(QuestionViewSet):
    """Answers 202 while a worker is at the answer."""

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]  # ours are Django's own
        if not isinstance(exc, NotCountedYet):
            return super().handle_exception(exc)
        headers = {"Retry-After": str(exc.retry_after)}
        return JsonResponse({"status": "counting"}, status=status.HTTP_202_ACCEPTED, headers=headers)


class DecisionQuery(SegmentQuery):
    """Of which residents: the filters of demand, and one import instead of the current picture."""

    import_id = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_INTEGER,
        help_text="Any complete import instead of the current picture.",
    )
