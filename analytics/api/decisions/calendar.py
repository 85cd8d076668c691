"""`/analytics/calendar`: in which month courses are bought."""

from collections.abc import Mapping
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from analytics.api.base import SEE, SMALL_SEGMENTS, TAG, page_with_meta
from analytics.api.decisions.base import COUNTING, DecisionQuery, DecisionViewSet
from analytics.api.decisions.ordering import check_grouped, ordering_of
from analytics.api.examples import META, PAGE, example
from analytics.api.queries import NamesParameter, question_from
from analytics.api.serializers import KeysSerializer, meta_row
from analytics.services.asking.questions import GROUPABLE, Question
from analytics.services.deciding.calendar import BUYER, RECIPIENT, MonthRow, find_calendar
from config.common.http.exceptions import CONTENT_TYPE
from config.common.http.pagination import cut_page_response
from config.common.http.schema import TABLE_ANSWERS, ProblemSchemaSerializer
from config.common.http.tables import TABLE_FORMATS, TABLES, table_response
from config.common.replicas.reading import from_replica

_FIGURES = ("month", "courses")
CALENDAR: OpenApiExample = example(
    "Calendar",
    {
        "data": [
            {"channel": "instagram", "month": 1, "courses": 61},
            {"channel": "instagram", "month": 2, "courses": 48},
        ],
        **PAGE,
        "count": 2,
        "months": "counted",
        "meta": META,
    },
)


class CalendarQuery(DecisionQuery):
    """Whose groups, filters, order and page of the calendar."""

    group_by = NamesParameter(
        GROUPABLE,
        required=False,
        default=("channel",),
        help_text=f"Some of {', '.join(GROUPABLE)}, with commas or repeated. Rows by `city` have its `country` too.",
    )
    of = serializers.ChoiceField(
        choices=[BUYER, RECIPIENT],
        required=False,
        default=BUYER,
        help_text=(
            "Whose groups, and whom the filters choose: the `buyer`, who sees the advertisement, or the `recipient`, "
            "whom a course is bought for. The month is the recipient's either way."
        ),
    )
    ordering = ordering_of(
        (*GROUPABLE, *_FIGURES), "Default: the groups with the most courses first, January to December in each."
    )

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        check_grouped(attrs["ordering"], {*Question(group_by=attrs["group_by"]).columns, *_FIGURES})
        return attrs


class MonthRowSerializer(KeysSerializer):
    """The courses of a group in a month; of the keys those that are grouped by."""

    month = serializers.IntegerField(
        min_value=1, max_value=12, help_text="Of birth of whom the courses are bought for."
    )
    courses = serializers.IntegerField()


def month_row(row: MonthRow) -> dict[str, Any]:
    """A row as the API shows it."""
    return {**row.keys, "month": row.month, "courses": row.courses}


class CalendarViewSet(DecisionViewSet):
    """In which month courses are bought."""

    permissions = {"list": SEE}
    queries = {"list": CalendarQuery}
    renderers = {"list": (JSONRenderer, *TABLES)}

    @extend_schema(
        summary="See in which month courses are bought",
        description=(
            "A course that is bought for somebody is one in the month of their birthday. All twelve months of each "
            "group, zeros too; they add up to the group's `courses` of the demand. `months` is `counted`; or `spread` "
            "for callers who may not see residents: the courses of each group as demand shows them, spread over the "
            "months as those of all residents are, by months of birth of which every second one is drawn at random. "
            f"410 for an erased import. As CSV or XLSX: all rows. {SMALL_SEGMENTS}"
        ),
        tags=[TAG],
        parameters=[CalendarQuery],
        examples=[CALENDAR],
        responses={
            (200, "application/json"): page_with_meta(
                MonthRowSerializer, "CalendarPage", months=serializers.ChoiceField(choices=["counted", "spread"])
            ),
            **TABLE_ANSWERS,
            **COUNTING,
            (409, CONTENT_TYPE): ProblemSchemaSerializer,
            (410, CONTENT_TYPE): ProblemSchemaSerializer,
        },
    )
    @from_replica
    def list(self, request: Request) -> HttpResponseBase:
        query = self.query()
        is_table = self.format in TABLE_FORMATS
        question = question_from(query, whole=is_table)
        found = find_calendar(question=question, of=query["of"], actor=self.actor)
        rows = [month_row(row) for row in found.rows(question)]
        if is_table:
            lines = (list(row.values()) for row in rows)
            return table_response(self.format, name="calendar", header=[*question.columns, *_FIGURES], rows=lines)
        return cut_page_response(
            request, rows, query, count=found.count, months=found.months, meta=meta_row(found.meta)
        )
