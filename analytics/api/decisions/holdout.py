"""`/analytics/holdout`: which cities see a campaign, and how small an effect of it can be seen."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.base import SEE, SMALL_SEGMENTS, TAG, QuestionViewSet
from analytics.api.decisions.base import DecisionQuery
from analytics.api.decisions.filters import FiltersSerializer
from analytics.api.examples import HOLDOUT, HOLDOUT_BODY
from analytics.api.queries import question_from
from analytics.api.serializers import MetaSerializer, meta_row
from analytics.services.asking.questions import Question
from analytics.services.deciding.holdout import CAMPAIGN, CONTROL, MOST_PAIRS, MOST_SEED, design_holdout
from config.common.http.bodies import read_body
from config.common.http.documents import StrictInteger, read_object, read_values
from config.common.http.exceptions import CONTENT_TYPE
from config.common.http.schema import TABLE_ANSWERS, ProblemSchemaSerializer
from config.common.http.tables import TABLE_FORMATS, TABLES, table_response
from config.common.replicas.reading import from_replica

_HEADER = ("pair", "arm", "city", "country", "residents", "courses", "index")
_SEED = "Draws the same halves again of the same picture; without one a new one is drawn, and told."
_PAIRS = "At most so many pairs, those with the most residents."
_LIMITS: dict[str, Any] = {"required": False, "min_value": 1, "max_value": MOST_PAIRS}


class HoldoutQuery(DecisionQuery):
    """Of which residents; the draw, and how many pairs."""

    limit = offset = None  # type: ignore[assignment]  # a design is one whole
    seed = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_SEED,
        default=0,
        help_text="Draws the same halves again of the same picture.",
    )
    pairs = serializers.IntegerField(**_LIMITS, default=MOST_PAIRS, help_text=_PAIRS)


class HoldoutBodySerializer(serializers.Serializer[Any]):
    """What a design is made of."""

    filters = FiltersSerializer(required=False, help_text="Which residents.")
    seed = StrictInteger(required=False, min_value=0, max_value=MOST_SEED, help_text=_SEED)
    pairs = StrictInteger(**_LIMITS, help_text=_PAIRS)


class HoldoutCitySerializer(serializers.Serializer[Any]):
    """A city of the design."""

    pair = serializers.IntegerField(help_text="From 1, the pair with the most residents.")
    arm = serializers.ChoiceField(choices=[CAMPAIGN, CONTROL], help_text="Whether it sees the campaign.")
    city = serializers.CharField()
    country = serializers.CharField(allow_null=True, help_text="ISO 3166-1 alpha-2; null where it is not placed.")
    residents = serializers.IntegerField()
    courses = serializers.IntegerField()
    index = serializers.FloatField(allow_null=True, help_text="As demand by city has it.")


_DETAIL = inline_serializer(
    "HoldoutDetail",
    {
        "data": HoldoutCitySerializer(many=True),
        "seed": serializers.IntegerField(),
        "pairs": serializers.IntegerField(help_text="How many there are."),
        "standard_error": serializers.FloatField(
            allow_null=True, help_text="Of the logarithm of the lift; null without a pair."
        ),
        "detectable_lift": serializers.FloatField(
            allow_null=True,
            help_text=(
                "The smallest lift that is found with eight chances in ten at 5 %, 2.8 standard errors: 0.1 is a tenth "
                "more courses. Null without a pair."
            ),
        ),
        "meta": MetaSerializer(),
    },
)
_ABOUT = (
    "Pairs the cities that have courses by size, index and age mix, and draws which of each pair sees the campaign. "
    "The lift is (A / B) / (a / b): courses after over before in the cities that saw it, over those in the others; its "
    "standard error allows for residents depending on each other along their relations. Nothing is stored: the same "
    f"seed gives the same design as long as the picture is the same. As CSV or XLSX: the cities. {SMALL_SEGMENTS} What "
    "is merged takes no part."
)


class HoldoutViewSet(QuestionViewSet):
    """Designs of an experiment by city."""

    permissions = {"list": SEE, "create": SEE}
    queries = {"list": HoldoutQuery}
    bodies = {"create": HoldoutBodySerializer}
    renderers = dict.fromkeys(("list", "create"), (JSONRenderer, *TABLES))

    @property
    def import_pointer(self) -> str:  # type: ignore[override]  # it depends on where the filters stand
        return "/filters/import_id" if self.action == "create" else "?import_id"

    @extend_schema(
        operation_id="holdout_read",
        summary="Design a holdout, as an address",
        description=f"As `POST`, for links. {_ABOUT}",
        tags=[TAG],
        parameters=[HoldoutQuery],
        examples=[HOLDOUT],
        responses={
            (200, "application/json"): _DETAIL,
            **TABLE_ANSWERS,
            (409, CONTENT_TYPE): ProblemSchemaSerializer,
        },
    )
    @from_replica
    def list(self, request: Request) -> HttpResponseBase:
        query = self.query()
        return self._answer(query, query)

    @extend_schema(
        summary="Design a holdout",
        description=_ABOUT,
        tags=[TAG],
        request=HoldoutBodySerializer,
        examples=[HOLDOUT_BODY, HOLDOUT],
        responses={
            (200, "application/json"): _DETAIL,
            **TABLE_ANSWERS,
            (409, CONTENT_TYPE): ProblemSchemaSerializer,
        },
    )
    def create(self, request: Request) -> HttpResponseBase:
        body = read_body(request, max_bytes=settings.BODY_MAX_BYTES)
        self.query()
        values = read_values(read_object(body), HoldoutBodySerializer, complete=True)
        return self._answer(values.get("filters"), values)

    def _answer(self, filters: Mapping[str, Any] | None, values: Mapping[str, Any]) -> HttpResponseBase:
        question = question_from(filters, whole=True) if filters else Question()
        pairs = values.get("pairs", MOST_PAIRS)
        found = design_holdout(question=question, seed=values.get("seed"), pairs=pairs, actor=self.actor)
        if self.format in TABLE_FORMATS:
            lines = ([getattr(city, name) for name in _HEADER] for city in found.cities)
            return table_response(self.format, name="holdout", header=_HEADER, rows=lines)
        return Response(
            {
                "data": [asdict(city) for city in found.cities],
                "seed": found.seed,
                "pairs": len(found.lifts),
                "standard_error": found.standard_error,
                "detectable_lift": found.detectable_lift,
                "meta": meta_row(found.meta),
            }
        )
