"""`/analytics/changes`: what changed from one delivery to another."""

from collections.abc import Mapping
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from analytics.api.base import SEE, TAG, page_with_meta
from analytics.api.decisions.base import COUNTING, DecisionViewSet
from analytics.api.queries import NamesParameter, SegmentQuery, question_from
from analytics.api.serializers import meta_row
from analytics.dimensions import DIMENSIONS
from analytics.services.asking.questions import Question
from analytics.services.asking.scopes import Counted
from analytics.services.deciding.changes import DEFAULT_GROUPING, FIGURES, Change, FoundChanges, Sums, find_changes
from config.common.digits import MAX_INTEGER
from config.common.http.exceptions import CONTENT_TYPE
from config.common.http.moments import moment
from config.common.http.pagination import cut_page_response
from config.common.http.schema import TABLE_ANSWERS, ProblemSchemaSerializer
from config.common.http.tables import TABLE_FORMATS, TABLES, table_response
from config.common.replicas.reading import from_replica
from config.common.texts import gettext as _
from config.common.texts import said

_SUMS = tuple(Sums.__slots__)
_OF_CHANGE = ("change", "change_low", "change_high", "q", "significant")
_HEADER = (*(f"{side}_{name}" for side in ("before", "after") for name in _SUMS), *_OF_CHANGE)


def _import_id(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(required=False, min_value=0, max_value=MAX_INTEGER, help_text=help_text)


class _Query(SegmentQuery):
    """What to group by, filters, order and page."""

    to = _import_id("The later one.")
    group_by = NamesParameter(
        DIMENSIONS,
        required=False,
        default=DEFAULT_GROUPING,
        help_text=f"Some of {', '.join(DIMENSIONS)}, with commas or repeated. Rows by `city` have its `country` too.",
    )
    ordering = NamesParameter(
        (*DIMENSIONS, *FIGURES),
        signed=True,
        required=False,
        default=(),
        help_text=(
            f"By keys, and by {', '.join(FIGURES)} (counts: of the later import), with commas or repeated; `-` before "
            "one for descending. Ties by the keys; what is not known comes last. Default: q,-courses."
        ),
    )

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        ordering = {name.removeprefix("-") for name in attrs["ordering"]}
        if not ordering <= {*Question(group_by=attrs["group_by"]).columns, *FIGURES}:
            error = serializers.ErrorDetail(said(_("Order by keys that the rows are grouped by.")), code="not_grouped")
            raise serializers.ValidationError({"ordering": error})
        return attrs


# A word of Python's own cannot be an attribute's name.
_FROM = _import_id("A complete import of the source; with `to`, else the last two of `source` are compared.")
ChangesQuery = type("ChangesQuery", (_Query,), {"from": _FROM, "__module__": __name__, "__doc__": _Query.__doc__})


class SumsSerializer(serializers.Serializer[Any]):
    """A group in one of both imports."""

    residents = serializers.IntegerField()
    courses = serializers.IntegerField()
    courses_per_100 = serializers.FloatField(allow_null=True, help_text="Null where there is nobody.")


class ChangeSerializer(serializers.Serializer[Any]):
    """A group before and after; of the keys those that are grouped by."""

    country = serializers.CharField(required=False, allow_null=True)
    city = serializers.CharField(required=False)
    town = serializers.CharField(required=False)
    age_group = serializers.CharField(required=False)
    channel = serializers.CharField(required=False)
    gender = serializers.CharField(required=False)
    before = SumsSerializer()
    after = SumsSerializer()
    change = serializers.FloatField(
        allow_null=True, help_text="Of courses per 100 residents; null where one of both has no residents."
    )
    change_low = serializers.FloatField(
        allow_null=True,
        help_text=(
            "The lower end of its 95 % interval: residents who stayed are paired with themselves, those who are new or "
            "gone are independent of them, and all depend on each other along their relations."
        ),
    )
    change_high = serializers.FloatField(allow_null=True, help_text="The upper end.")
    q = serializers.FloatField(
        allow_null=True,
        help_text=(
            "Of the rows with a `q` as low as this, so large a part are changes by chance (Benjamini-Hochberg, over "
            "all rows whose change could be seen); null where too little is different to tell it from chance."
        ),
    )
    significant = serializers.BooleanField(help_text="Whether `q` is below 0.1.")


class TurnoverSerializer(serializers.Serializer[Any]):
    """Residents by their citizen id; of those whom the filters choose."""

    stayed = serializers.IntegerField(help_text="In both imports.")
    new = serializers.IntegerField(help_text="In the later one alone.")
    gone = serializers.IntegerField(help_text="In the one before alone.")


class ComparedSerializer(serializers.Serializer[Any]):
    """One of both imports."""

    import_id = serializers.IntegerField()
    delivered_at = serializers.DateTimeField()


_WHOLE: dict[str, Any] = {
    "from": ComparedSerializer(), "to": ComparedSerializer(), "residents": TurnoverSerializer()
}  # fmt: skip
CHANGES = OpenApiExample(
    "Changes",
    value={
        "data": [
            {
                "city": "Valencia",
                "country": "ES",
                "before": {"residents": 400, "courses": 600, "courses_per_100": 150.0},
                "after": {"residents": 412, "courses": 721, "courses_per_100": 175.0},
                "change": 25.0,
                "change_low": 9.5,
                "change_high": 40.5,
                "q": 0.031,
                "significant": True,
            }
        ],
        "count": 1,
        "next": None,
        "previous": None,
        "from": {"import_id": 7, "delivered_at": "2026-10-20T08:15:00Z"},
        "to": {"import_id": 9, "delivered_at": "2026-11-20T08:15:00Z"},
        "residents": {"stayed": 3112, "new": 402, "gone": 288},
        "meta": {
            "refreshed_at": "2026-11-21T10:00:00Z",
            "imports": 2,
            "stale": False,
            "merged": 0,
            "as_of": "2026-11-21",
        },
    },
    media_type="application/json",
    response_only=True,
    status_codes=["200"],
)


class ChangesViewSet(DecisionViewSet):
    """What changed from one delivery to another."""

    permissions = {"changes": SEE}
    queries = {"changes": ChangesQuery}
    renderers = {"changes": (JSONRenderer, *TABLES)}

    @extend_schema(
        summary="See what changed between two imports",
        description=(
            "Two complete imports of one source, the last two of `source` unless `from` and `to` name them: who "
            "stayed, is new and is gone, and by group the change of courses per 100 residents, with a paired interval "
            "and whether it is more than chance. Ages are of the same day in both, that of the demand of the later "
            "one, so that growing older is no change. As CSV or XLSX: all rows. For callers who may see residents: "
            "others get 403."
        ),
        tags=[TAG],
        parameters=[ChangesQuery],
        examples=[CHANGES],
        responses={
            (200, "application/json"): page_with_meta(ChangeSerializer, "ChangesPage", **_WHOLE),
            **COUNTING,
            **TABLE_ANSWERS,
            (409, CONTENT_TYPE): ProblemSchemaSerializer,
        },
    )
    @action(detail=False, methods=["get"])
    @from_replica
    def changes(self, request: Request) -> HttpResponseBase:
        query = self.query()
        is_table = self.format in TABLE_FORMATS
        question = question_from(query, whole=is_table)
        found = find_changes(question=question, before=query.get("from"), after=query.get("to"), actor=self.actor)
        rows = [change_row(row) for row in found.rows]
        if is_table:
            lines = ([*row.keys.values(), *_flat(row)] for row in found.rows)
            return table_response(self.format, name="changes", header=[*question.columns, *_HEADER], rows=lines)
        return cut_page_response(request, rows, query, count=found.count, **_whole(found))


def change_row(row: Change) -> dict[str, Any]:
    """A row as the API shows it."""
    sides = {side: {name: getattr(getattr(row, side), name) for name in _SUMS} for side in ("before", "after")}
    return {**row.keys, **sides, **{name: getattr(row, name) for name in _OF_CHANGE}}


def _flat(row: Change) -> list[Any]:
    sums = (getattr(side, name) for side in (row.before, row.after) for name in _SUMS)
    return [*sums, *(getattr(row, name) for name in _OF_CHANGE)]


def _whole(found: FoundChanges) -> dict[str, Any]:
    residents = {name: getattr(found.residents, name) for name in ("stayed", "new", "gone")}
    pair = {"from": _compared(found.before), "to": _compared(found.after)}
    return {**pair, "residents": residents, "meta": meta_row(found.meta)}


def _compared(one: Counted) -> dict[str, Any]:
    return {"import_id": one.import_id, "delivered_at": moment(one.delivered_at)}
