"""`/analytics/catchments`: the demand around each airport."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from airports.api.queries import RadiusParameter
from analytics.api.base import SEE, SMALL_SEGMENTS, TAG, QuestionViewSet, page_with_meta
from analytics.api.examples import MEASURES as SOME
from analytics.api.examples import META, PAGE, example
from analytics.api.queries import RowQuery, ordering_parameter, question_from
from analytics.api.serializers import MeasuresSerializer, measures, meta_row
from analytics.services.asking.questions import MEASURES
from analytics.services.deciding.catchments import DEFAULT_RADIUS, Catchment, NearAirport, find_catchments
from config.common.http.exceptions import CONTENT_TYPE
from config.common.http.geojson import GEOJSON, Feature, GeoJSONRenderer, geojson_response
from config.common.http.pagination import cut_page_response
from config.common.http.schema import TABLE_ANSWERS, ProblemSchemaSerializer
from config.common.http.tables import TABLE_FORMATS, TABLES, table_response
from config.common.replicas.reading import from_replica

_HEADER = (*(f"airport_{name}" for name in NearAirport._fields), "cities", *MEASURES)

_ROW = {
    "airport": {
        "id": 1,
        "iata": "VLC",
        "name": "Valencia Airport",
        "city": "Valencia",
        "country": "Spain",
        "latitude": 39.4893,
        "longitude": -0.481625,
    },
    "cities": 3,
    **SOME,
}
_REST = {"airport": None, "cities": 1, **SOME}
CATCHMENTS = example("Catchments", {"data": [_ROW, _REST], **PAGE, "count": 2, "meta": META})
CATCHMENTS_ON_A_MAP = example(
    "Catchments on a map",
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": 1,
                "geometry": {"type": "Point", "coordinates": [-0.481625, 39.4893]},
                "properties": _ROW,
            }
        ],
        "bbox": [-0.481625, 39.4893, -0.481625, 39.4893],
        "unplaced": [_REST],
        "meta": META,
    },
    GEOJSON,
)


class CatchmentsQuery(RowQuery):
    """Filters, how far a catchment reaches, order and page."""

    radius = RadiusParameter(
        required=False,
        default=DEFAULT_RADIUS,  # type: ignore[arg-type]  # stubs know that a text is read, not what becomes of it
        help_text="Metres from a city to its nearest airport at most; a farther one stands in the row without any.",
    )
    ordering = ordering_parameter(("airport",), "Default: -courses. `airport`: by its name.")


class CatchmentAirportSerializer(serializers.Serializer[Any]):
    """The airport of a catchment."""

    id = serializers.IntegerField()
    iata = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    city = serializers.CharField(allow_null=True)
    country = serializers.CharField(allow_null=True, help_text="Its English name.")
    latitude = serializers.FloatField(help_text="Degrees, WGS 84.")
    longitude = serializers.FloatField(help_text="Degrees, WGS 84.")


class CatchmentSerializer(MeasuresSerializer):
    """The residents of the cities around an airport."""

    airport = CatchmentAirportSerializer(
        allow_null=True, help_text="Null in the last row: of what has no airport within the radius, or no place."
    )
    cities = serializers.IntegerField(help_text="How many; a town without a place is a city of its own name.")


class CatchmentsViewSet(QuestionViewSet):
    """The demand by the areas that a campaign can cover."""

    permissions = {"list": SEE}
    queries = {"list": CatchmentsQuery}
    renderers = {"list": (JSONRenderer, GeoJSONRenderer, *TABLES)}

    @extend_schema(
        summary="See the demand around each airport",
        description=(
            "A row for each airport that is the nearest one to a city of the demand, at most `radius` metres from it; "
            "one more row, the last in every order, has no airport: of cities that are farther, of towns that are not "
            "placed, and of what is merged. Each city counts in one row, so they add up to the demand of the same "
            "filters. Intervals are of the whole row. As CSV, XLSX and GeoJSON: all rows; GeoJSON has the row without "
            f"an airport in `unplaced`. {SMALL_SEGMENTS}"
        ),
        tags=[TAG],
        parameters=[CatchmentsQuery],
        examples=[CATCHMENTS, CATCHMENTS_ON_A_MAP],
        responses={
            (200, "application/json"): page_with_meta(CatchmentSerializer, "CatchmentPage"),
            (200, GEOJSON): OpenApiTypes.OBJECT,
            **TABLE_ANSWERS,
            (409, CONTENT_TYPE): ProblemSchemaSerializer,
        },
    )
    @from_replica
    def list(self, request: Request) -> HttpResponseBase:
        query = self.query()
        question = question_from(query, whole=self.format != "json")
        found = find_catchments(question=question, actor=self.actor, radius=query["radius"])
        rows = [catchment_row(one) for one in found.rows]
        meta = meta_row(found.meta)
        if self.format in TABLE_FORMATS:
            return table_response(self.format, name="catchments", header=_HEADER, rows=map(_cells, rows))
        if self.format == "geojson":
            return geojson_response(_features(rows), unplaced=[row for row in rows if not row["airport"]], meta=meta)
        return cut_page_response(request, rows, query, count=found.count, meta=meta)


def catchment_row(one: Catchment) -> dict[str, Any]:
    """Writes a catchment as the API shows it."""
    airport = one.airport._asdict() if one.airport else None
    return {"airport": airport, "cities": len(one.cities), **measures(one.row)}


def _cells(row: Mapping[str, Any]) -> list[Any]:
    airport = row["airport"] or {}
    return [*(airport.get(name) for name in NearAirport._fields), row["cities"], *(row[name] for name in MEASURES)]


def _features(rows: Iterable[dict[str, Any]]) -> Iterable[Feature]:
    for row in rows:
        if airport := row["airport"]:
            yield Feature(airport["id"], airport["longitude"], airport["latitude"], row)
