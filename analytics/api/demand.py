"""`/analytics/demand`, `/analytics/opportunities` and `/analytics/trend`: rows of residents and their demand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from analytics.api.base import SEE, SMALL_SEGMENTS, TAG, QuestionViewSet, page_with_meta
from analytics.api.examples import DEMAND, OPPORTUNITIES, TREND
from analytics.api.queries import DemandQuery, OpportunitiesQuery, TrendQuery, question_from
from analytics.api.serializers import (
    DemandRowSerializer,
    RankedMetaSerializer,
    TrendRowSerializer,
    demand_row,
    meta_row,
    trend_row,
)
from analytics.services.asking.find_demand import find_demand, find_opportunities
from analytics.services.asking.find_trend import find_trend
from analytics.services.asking.questions import MEASURES, Demand
from config.common.http.exceptions import CONTENT_TYPE
from config.common.http.pagination import cut_page_response
from config.common.http.schema import TABLE_ANSWERS, ProblemSchemaSerializer
from config.common.http.tables import TABLE_FORMATS, TABLES, table_response
from config.common.replicas.reading import from_replica

Action = TypeVar("Action", bound=Callable[..., Any])

_FORMS = (JSONRenderer, *TABLES)
_DEMAND_PAGE = page_with_meta(DemandRowSerializer, "DemandPage")
_RANKED_PAGE = page_with_meta(DemandRowSerializer, "OpportunitiesPage", meta=RankedMetaSerializer)


def _described(
    summary: str,
    description: str,
    example: OpenApiExample,
    *,
    page: Any = _DEMAND_PAGE,
    query: type[DemandQuery] = DemandQuery,
) -> Callable[[Action], Action]:
    described: Callable[[Action], Action] = extend_schema(
        summary=summary,
        description=f"{description} As CSV or XLSX: all rows. {SMALL_SEGMENTS}",
        tags=[TAG],
        parameters=[query],
        examples=[example],
        responses={
            (200, "application/json"): page,
            **TABLE_ANSWERS,
            (409, CONTENT_TYPE): ProblemSchemaSerializer,
        },
    )
    return described


class DemandViewSet(QuestionViewSet):
    """Who wants the next course: by country, city, town, age group, channel, gender and source."""

    permissions = {"demand": SEE, "opportunities": SEE, "trend": SEE}
    queries = {"demand": DemandQuery, "opportunities": OpportunitiesQuery, "trend": TrendQuery}
    renderers = {"demand": _FORMS, "opportunities": _FORMS, "trend": _FORMS}

    @_described(
        "Find the demand",
        "Courses that will be bought for residents, by group; of the current picture, the last complete import of each "
        "source, or of one `import_id`: 400 where there is no such complete import (an erased one is answered from "
        "what was counted of it), 409 with `Retry-After` where it is large and not counted yet.",
        DEMAND,
    )
    @action(detail=False, methods=["get"])
    @from_replica
    def demand(self, request: Request) -> HttpResponseBase:
        return self._answer(find_demand)

    @_described(
        "Find where to advertise next",
        "The rows of the demand, ranked by `expected_low`, which the index that such residents can be expected to show "
        "next time is above with nine chances in ten: a handful of residents with many relatives does not come out on "
        "top by luck. `ordering` ranks them otherwise, by `-expected_index` or `-index_low` for instance; "
        "`meta.ranked_by` says by what. The interval of a row is for whoever looks at "
        "that row alone: of the best of many its lower end claims more than 95 % certainty allows.",
        OPPORTUNITIES,
        page=_RANKED_PAGE,
        query=OpportunitiesQuery,
    )
    @action(detail=False, methods=["get"])
    @from_replica
    def opportunities(self, request: Request) -> HttpResponseBase:
        return self._answer(find_opportunities, is_ranked=True)

    @extend_schema(
        summary="Follow the demand over time",
        description=(
            "By import, oldest first, with the ages at its date; all sources' imports unless `source` names some. "
            "With `group_by` a row for each group of an import. An erased import stays. The index is against the "
            "average of all rows. Ages are for callers who may see residents: 403. "
            f"As CSV or XLSX: all rows. {SMALL_SEGMENTS}"
        ),
        tags=[TAG],
        parameters=[TrendQuery],
        examples=[TREND],
        responses={(200, "application/json"): page_with_meta(TrendRowSerializer, "TrendPage"), **TABLE_ANSWERS},
    )
    @action(detail=False, methods=["get"])
    @from_replica
    def trend(self, request: Request) -> HttpResponseBase:
        query = self.query()
        is_table = self.format in TABLE_FORMATS
        question = question_from(query, whole=is_table)
        found = find_trend(question=question, actor=self.actor)
        rows = [trend_row(row) for row in found.rows]
        if is_table:
            header = ["import_id", "source", "delivered_at", *question.columns, *MEASURES]
            return self._table(header, rows)
        return cut_page_response(request, rows, query, count=found.count, meta=meta_row(found.meta))

    def _answer(self, find: Callable[..., Demand], *, is_ranked: bool = False) -> HttpResponseBase:
        query = self.query()
        is_table = self.format in TABLE_FORMATS
        question = question_from(query, whole=is_table)
        found = find(question=question, actor=self.actor)
        rows = [demand_row(row) for row in found.rows]
        if is_table:
            header = [*question.columns, *MEASURES]
            return self._table(header, rows)
        meta = meta_row(found.meta) | ({"ranked_by": found.ranked_by} if is_ranked else {})
        return cut_page_response(self.request, rows, query, count=found.count, meta=meta)

    def _table(self, header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> HttpResponseBase:
        lines = (list(row.values()) for row in rows)
        return table_response(self.format, name=self.action, header=header, rows=lines)
