"""`/analytics/flows`: for whom they buy."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from analytics.api.base import TAG, page_with_meta
from analytics.api.decisions.base import COUNTING, DecisionQuery, DecisionViewSet
from analytics.api.decisions.ordering import check_grouped, ordering_of
from analytics.api.examples import META, PAGE, example
from analytics.api.queries import NamesParameter, question_from
from analytics.api.serializers import KeysSerializer, meta_row
from analytics.services.asking.questions import GROUPABLE, Question
from analytics.services.deciding.flows import FROM, TO, Flow, find_flows
from config.common.http.exceptions import CONTENT_TYPE
from config.common.http.pagination import cut_page_response
from config.common.http.schema import TABLE_ANSWERS, ProblemSchemaSerializer
from config.common.http.tables import TABLE_FORMATS, TABLES, table_response
from config.common.replicas.reading import from_replica
from config.common.texts import gettext as _
from config.common.texts import said
from imports.querysets import SEE_ALL

_MOST_KEYS = 2
_ENDS = tuple(f"{end}{key}" for end in (FROM, TO) for key in GROUPABLE)
FLOWS: OpenApiExample = example(
    "Flows",
    {
        "data": [{"from": {"channel": "instagram"}, "to": {"channel": "telegram"}, "courses": 212}],
        **PAGE,
        "meta": META,
    },
)


class FlowsQuery(DecisionQuery):
    """What both ends are grouped by, filters of the buyers, order and page of flows."""

    group_by = NamesParameter(
        GROUPABLE,
        required=False,
        default=("channel",),
        help_text=(
            f"One or two of {', '.join(GROUPABLE)}, with commas or repeated; both ends are grouped by it. "
            "`city` comes with its `country`."
        ),
    )
    ordering = ordering_of((*_ENDS, "courses"), "Default: -courses. Ties by the keys.")

    def validate_group_by(self, value: Sequence[str]) -> Sequence[str]:
        """Raises `ValidationError` for more than two keys."""
        if len(value) > _MOST_KEYS:
            raise serializers.ValidationError(said(_("Group by one or two keys.")), code="max_length")
        return value

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        columns = Question(group_by=attrs["group_by"]).columns
        check_grouped(attrs["ordering"], {"courses", *_header(columns)})
        return attrs


class FlowSerializer(serializers.Serializer[Any]):
    """Courses from a group of buyers to a group of those they are bought for."""

    courses = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is a word of the language.
        return {"from": KeysSerializer(), "to": KeysSerializer(), **super().get_fields()}


def flow_row(row: Flow) -> dict[str, Any]:
    """A row as the API shows it."""
    return {"from": row.buyer, "to": row.recipient, "courses": row.courses}


class FlowsViewSet(DecisionViewSet):
    """For whom they buy."""

    permissions = {"list": (SEE_ALL,)}
    queries = {"list": FlowsQuery}
    renderers = {"list": (JSONRenderer, *TABLES)}

    @extend_schema(
        summary="See for whom they buy",
        description=(
            "Courses from the group of the buyer to the group of the one that they are bought for, only where there "
            "are any: where advertising in one group sells for another. The filters choose the buyers; the sums over "
            "`to` are the groups' `courses` of the demand. For callers who may see residents: 403. 410 for an erased "
            "import. As CSV or XLSX: all rows, the keys as `from_channel` and `to_channel`."
        ),
        tags=[TAG],
        parameters=[FlowsQuery],
        examples=[FLOWS],
        responses={
            (200, "application/json"): page_with_meta(FlowSerializer, "FlowsPage"),
            **TABLE_ANSWERS,
            **COUNTING,
            (409, CONTENT_TYPE): ProblemSchemaSerializer,
            (410, CONTENT_TYPE): ProblemSchemaSerializer,
        },
    )
    @from_replica
    def list(self, request: Request) -> HttpResponseBase:
        query = self.query()
        question = question_from(query, whole=True)
        found = find_flows(question=question, actor=self.actor)
        if self.format in TABLE_FORMATS:
            lines = ([*row.buyer.values(), *row.recipient.values(), row.courses] for row in found.rows())
            header = [*_header(question.columns), "courses"]
            return table_response(self.format, name="flows", header=header, rows=lines)
        wanted = slice(query["offset"], query["offset"] + query["limit"])
        page = [flow_row(row) for row in found.rows(wanted)]
        return cut_page_response(request, page, query, count=len(found), meta=meta_row(found.meta))


def _header(columns: Sequence[str]) -> list[str]:
    return [f"{end}{key}" for end in (FROM, TO) for key in columns]
