"""`/analytics/cities`: the cities with their demand on the map."""

from collections.abc import Mapping
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from analytics.api.base import SEE, SMALL_SEGMENTS, TAG, QuestionViewSet, page_with_meta
from analytics.api.examples import CITIES, CITIES_ON_A_MAP
from analytics.api.queries import CitiesQuery, question_from
from analytics.api.serializers import CitySerializer, UnplacedSerializer, city_row, meta_row, unplaced_row
from analytics.models import TownPlace
from analytics.services.asking.find_cities import find_cities
from analytics.services.asking.questions import MEASURES
from config.common.http.exceptions import CONTENT_TYPE
from config.common.http.geojson import GEOJSON, Feature, GeoJSONRenderer, geojson_response
from config.common.http.pagination import cut_page_response
from config.common.http.schema import TABLE_ANSWERS, ProblemSchemaSerializer
from config.common.http.tables import TABLE_FORMATS, TABLES, table_response
from config.common.replicas.reading import from_replica

_PLACE = ("town", "method", "city", "country", "towns", "latitude", "longitude", "time_zone")
_AIRPORT = ("id", "name", "code", "distance")
_BETWEEN = "; "
_HEADER = (*_PLACE, *(f"airport_{name}" for name in _AIRPORT), *MEASURES)


class CitiesViewSet(QuestionViewSet):
    """The cities of the deliveries on the map, with their demand."""

    permissions = {"list": SEE}
    queries = {"list": CitiesQuery}
    # What this is made for comes first: callers to whom anything will do get GeoJSON.
    renderers = {"list": (GeoJSONRenderer, JSONRenderer, *TABLES)}

    @extend_schema(
        summary="See the demand on the map",
        description=(
            "The cities in which towns could be placed, each with its demand, its towns and how they were placed, "
            "where else towns of these names may be, its time zone and the nearest airport; `unplaced` lists the rest, "
            "the most courses first. GeoJSON unless the caller asks for something else; it, CSV and XLSX hold all "
            "cities (tables the rest too, with the method `unplaced`), JSON comes in pages. "
            f"{SMALL_SEGMENTS}"
        ),
        tags=[TAG],
        parameters=[CitiesQuery],
        examples=[CITIES, CITIES_ON_A_MAP],
        responses={
            (200, GEOJSON): OpenApiTypes.OBJECT,
            (200, "application/json"): page_with_meta(
                CitySerializer, "CityPage", unplaced=UnplacedSerializer(many=True)
            ),
            **TABLE_ANSWERS,
            (409, CONTENT_TYPE): ProblemSchemaSerializer,
        },
    )
    @from_replica
    def list(self, request: Request) -> HttpResponseBase:
        query = self.query()
        found = find_cities(question=question_from(query, whole=self.format != "json"), actor=self.actor)
        cities = [city_row(city) for city in found.placed]
        unplaced = [unplaced_row(row) for row in found.unplaced]
        if self.format in TABLE_FORMATS:
            rest = [{"method": TownPlace.Method.UNPLACED.value, "city": row["town"], **row} for row in unplaced]
            rows = map(_cells, [*cities, *rest])
            return table_response(self.format, name="cities", header=_HEADER, rows=rows)
        members: dict[str, Any] = {"unplaced": unplaced, "meta": meta_row(found.meta)}
        if self.format == "geojson":
            return geojson_response(map(_feature, cities), **members)
        return cut_page_response(request, cities, query, count=found.count, **members)


def _cells(row: Mapping[str, Any]) -> list[Any]:
    airport = row.get("airport") or {}
    towns = _BETWEEN.join(town["town"] for town in row.get("towns", []))
    flat = {**row, "towns": towns, **{f"airport_{name}": airport.get(name) for name in _AIRPORT}}
    return [flat.get(name) for name in _HEADER]


def _feature(row: dict[str, Any]) -> Feature:
    properties = {name: value for name, value in row.items() if name not in ("latitude", "longitude")}
    return Feature(f"{row['city']}, {row['country']}", row["longitude"], row["latitude"], properties)
