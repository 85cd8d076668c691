"""`/analytics/effects`: what a city, an age group, a channel and a gender do, all else equal."""

from dataclasses import asdict
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from analytics.api.base import SEE, TAG, page_with_meta
from analytics.api.decisions.base import COUNTING, DecisionQuery, DecisionViewSet
from analytics.api.examples import EFFECTS
from analytics.api.queries import NamesParameter, question_from
from analytics.api.serializers import meta_row
from analytics.services.deciding.effects import MEASURES, OTHERS, PLACES, SORTABLE, find_effects
from config.common.http.exceptions import CONTENT_TYPE
from config.common.http.pagination import cut_page_response
from config.common.http.schema import TABLE_ANSWERS, ProblemSchemaSerializer
from config.common.http.tables import TABLE_FORMATS, TABLES, table_response
from config.common.replicas.reading import from_replica

FACTORS = [*PLACES, *OTHERS]
_HEADER = ("factor", "level", "country", *MEASURES)


class EffectsQuery(DecisionQuery):
    """Which residents, by city or by country, in which order."""

    place = serializers.ChoiceField(choices=PLACES, required=False, default="city", help_text="The first factor.")
    ordering = NamesParameter(
        SORTABLE,
        signed=True,
        required=False,
        default=(),
        help_text=(
            f"By {', '.join(SORTABLE)}, with commas or repeated; `-` before one for descending. What is not known "
            "comes last. Default: factor,-effect, the factors in the order of the regression."
        ),
    )


class EffectRowSerializer(serializers.Serializer[Any]):
    """A level of a factor."""

    factor = serializers.ChoiceField(choices=FACTORS)
    level = serializers.CharField(allow_null=True, help_text="Null for towns that are not placed, by country.")
    country = serializers.CharField(allow_null=True, help_text="Of a city that is placed; null for everything else.")
    residents = serializers.IntegerField()
    index = serializers.FloatField(allow_null=True, help_text="As demand has it for this level, with two decimals.")
    effect = serializers.FloatField(
        allow_null=True,
        help_text=(
            "100 for the average resident: 120 is a fifth more courses than otherwise equal residents of the average "
            "level. Null where nothing tells the level apart from the other factors, or no segment of it is shown."
        ),
    )
    effect_low = serializers.FloatField(
        allow_null=True, help_text="The lower end of its 95 % interval; 0 where there are no courses."
    )
    effect_high = serializers.FloatField(allow_null=True, help_text="The upper end.")


_HELD = serializers.ListField(
    child=serializers.ChoiceField(choices=FACTORS), help_text="What was held equal: the factors of the regression."
)


class EffectsViewSet(DecisionViewSet):
    """Effects of the levels of four factors."""

    permissions = {"list": SEE}
    queries = {"list": EffectsQuery}
    renderers = {"list": (JSONRenderer, *TABLES)}

    @extend_schema(
        summary="Find what works, all else equal",
        description=(
            "Courses by city or country, age group, channel and gender in one Poisson regression: what a level does "
            "where the other three are the same, beside its raw index. Intervals allow for residents depending on "
            "each other along their relations. For callers who may not see residents the effects are those of "
            "segments that they may see, by as many of the factors, `factors`, as most residents are named by; "
            "`meta.merged` says how many residents are in none of these. As CSV or XLSX: "
            "all rows."
        ),
        tags=[TAG],
        parameters=[EffectsQuery],
        examples=[EFFECTS],
        responses={
            (200, "application/json"): page_with_meta(EffectRowSerializer, "EffectsPage", factors=_HELD),
            **COUNTING,
            **TABLE_ANSWERS,
            (409, CONTENT_TYPE): ProblemSchemaSerializer,
        },
    )
    @from_replica
    def list(self, request: Request) -> HttpResponseBase:
        query = self.query()
        is_table = self.format in TABLE_FORMATS
        question = question_from(query, whole=is_table)
        found = find_effects(question=question, place=query["place"], actor=self.actor)
        if is_table:
            lines = ([getattr(row, name) for name in _HEADER] for row in found.rows)
            return table_response(self.format, name="effects", header=_HEADER, rows=lines)
        rows = [asdict(row) for row in found.rows]
        members = {"factors": list(found.factors), "meta": meta_row(found.meta)}
        return cut_page_response(request, rows, query, count=found.count, **members)
