"""`POST /analytics/plan`: what a budget buys."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.base import SEE, SMALL_SEGMENTS, TAG, QuestionViewSet
from analytics.api.decisions.plan_body import PlanBodySerializer, PlanSerializer, budget_from
from analytics.api.decisions.plan_examples import PLAN, PLAN_BODY
from analytics.api.serializers import MetaSerializer, meta_row
from analytics.services.deciding.plan import FIGURES, make_plan
from config.common.http.bodies import read_body
from config.common.http.documents import read_object, read_values
from config.common.http.schema import TABLE_ANSWERS
from config.common.http.tables import TABLE_FORMATS, TABLES, table_response


class PlanViewSet(QuestionViewSet):
    """What a budget buys: which segments to advertise to, in which order."""

    permissions = {"create": SEE}
    import_pointer = "/filters/import_id"
    bodies = {"create": PlanBodySerializer}
    renderers = {"create": (JSONRenderer, *TABLES)}

    @extend_schema(
        summary="Plan a budget",
        description=(
            "The segments to buy, in order: most expected courses for the money first, the last one in part. It is the "
            "optimum of the linear programme. Nothing is stored: the same request is the same question. As CSV or "
            f"XLSX: the segments. {SMALL_SEGMENTS} What is merged cannot be bought."
        ),
        tags=[TAG],
        request=PlanBodySerializer,
        examples=[PLAN_BODY, PLAN],
        responses={
            (200, "application/json"): inline_serializer(
                "PlanDetail", {"data": PlanSerializer(), "meta": MetaSerializer()}
            ),
            **TABLE_ANSWERS,
        },
    )
    def create(self, request: Request) -> HttpResponseBase:
        body = read_body(request, max_bytes=settings.BODY_MAX_BYTES)
        self.query()
        budget = budget_from(read_values(read_object(body), PlanBodySerializer, complete=True))
        planned = make_plan(budget=budget, actor=self.actor)
        if self.format in TABLE_FORMATS:
            return plan_table(self.format, "plan", budget.question.columns, planned.answer["segments"])
        return Response({"data": planned.answer, "meta": meta_row(planned.meta)})


def plan_table(format: str, name: str, keys: Sequence[str], segments: Sequence[dict[str, Any]]) -> HttpResponseBase:
    """The segments as a file."""
    header = [*keys, *FIGURES]
    return table_response(format, name=name, header=header, rows=([one[key] for key in header] for one in segments))
