"""`/airports`, `/airports/{id}`, its restoring and its history."""

from typing import Any

import msgspec
from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from airports.api.examples import AIRPORT, CHANGE
from airports.api.queries import AirportListQuery
from airports.api.responses import AIRPORT_DETAIL, airport_response, airports_csv, airports_geojson, airports_xlsx
from airports.api.serializers import (
    AirportBodySerializer,
    AirportChangesSerializer,
    AirportListItemSerializer,
    HistoryEntrySerializer,
    airport_row,
    history_row,
)
from airports.documents import read_airport, read_changes
from airports.fields import Value
from airports.services.access import visible_airport
from airports.services.create_airport import create_airport
from airports.services.delete_airport import delete_airport
from airports.services.find_airports import find_airports
from airports.services.history import history_of
from airports.services.restore_airport import restore_airport
from airports.services.update_airport import update_airport
from config.common.http.bodies import read_body
from config.common.http.documents import read_object
from config.common.http.geojson import GEOJSON, GeoJSONRenderer
from config.common.http.pagination import PageQuery, found_page_response, page_response
from config.common.http.paths import SEGMENT, path_id
from config.common.http.schema import TABLE_ANSWERS, page_of
from config.common.http.tables import CSVRenderer, XLSXRenderer, csv_response
from config.common.http.versions import IF_MATCH, IF_NONE_MATCH, etag, is_known, known_versions
from config.common.http.viewsets import ApiViewSet
from config.common.problems import Forbidden
from config.common.replicas.reading import from_replica
from config.common.texts import gettext as _

AIRPORT_ID = OpenApiParameter("airport_id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Its number.")


class AirportViewSet(ApiViewSet):
    """Airports: find them by name, code or distance, make, read, replace, change, delete and restore one."""

    permissions = {
        "list": ("airports.view_airport",),
        "create": ("airports.add_airport",),
        "retrieve": ("airports.view_airport",),
        "update": ("airports.change_airport",),
        "partial_update": ("airports.change_airport",),
        "destroy": ("airports.delete_airport",),
        "restore": ("airports.delete_airport",),
        "history": ("airports.view_airport",),
    }
    queries = {"list": AirportListQuery, "history": PageQuery}
    bodies = {
        "create": AirportBodySerializer,
        "update": AirportBodySerializer,
        "partial_update": AirportChangesSerializer,
    }
    renderers = {
        "list": (JSONRenderer, CSVRenderer, GeoJSONRenderer, XLSXRenderer),
        "history": (JSONRenderer, CSVRenderer),
    }
    lookup_field = "airport_id"
    lookup_value_regex = SEGMENT

    def check_options(self, **kwargs: Any) -> None:
        if "retrieve" in self.url_actions():
            visible_airport(airport_id=path_id(kwargs["airport_id"]))

    @extend_schema(
        summary="List airports",
        description="As CSV, in the columns that an upload takes, XLSX and GeoJSON: the whole filtered list.",
        tags=["airports"],
        parameters=[AirportListQuery],
        responses={
            (200, "application/json"): page_of(AirportListItemSerializer, "AirportPage"),
            **TABLE_ANSWERS,
            (200, GEOJSON): OpenApiTypes.OBJECT,
        },
    )
    @from_replica
    def list(self, request: Request) -> HttpResponseBase:
        if "deleted" in request.query_params and not self.actor.has_perm("airports.delete_airport"):
            raise Forbidden(_("Your role does not show you flagged airports."))
        query = self.query()
        rows = find_airports(filters=query)
        if self.format == "csv":
            return airports_csv(rows)
        if self.format == XLSXRenderer.format:
            return airports_xlsx(rows)
        if self.format == "geojson":
            return airports_geojson(rows)
        respond = found_page_response if "q" in query else page_response
        return respond(request, rows, query, airport_row)

    @extend_schema(
        summary="Make an airport",
        description="Read-only fields are ignored.",
        tags=["airports"],
        request=AirportBodySerializer,
        examples=[AIRPORT],
        responses={201: AIRPORT_DETAIL},
    )
    def create(self, request: Request) -> Response:
        created = create_airport(values=self._body(complete=True), actor=self.actor)
        return airport_response(created, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Read an airport",
        description="Also one that is flagged as deleted.",
        tags=["airports"],
        parameters=[AIRPORT_ID, IF_NONE_MATCH],
        responses={200: AIRPORT_DETAIL, 304: OpenApiResponse(description="You have it as it is.")},
    )
    def retrieve(self, request: Request, airport_id: str) -> Response:
        airport = visible_airport(airport_id=path_id(airport_id))
        self.query()
        if is_known(request, airport):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag(airport)})
        return airport_response(airport)

    @extend_schema(
        summary="Replace an airport",
        description=(
            "Every field: one that the body does not name becomes null. Read-only fields are ignored, so that what a "
            "GET returned can be sent back."
        ),
        tags=["airports"],
        parameters=[AIRPORT_ID, IF_MATCH],
        request=AirportBodySerializer,
        examples=[AIRPORT],
        responses={200: AIRPORT_DETAIL},
    )
    def update(self, request: Request, airport_id: str) -> Response:
        return self._write(airport_id, complete=True)

    @extend_schema(
        summary="Change an airport",
        description="At least one field; read-only ones are ignored.",
        tags=["airports"],
        parameters=[AIRPORT_ID, IF_MATCH],
        request=AirportChangesSerializer,
        examples=[CHANGE],
        responses={200: AIRPORT_DETAIL},
    )
    def partial_update(self, request: Request, airport_id: str) -> Response:
        return self._write(airport_id, complete=False)

    @extend_schema(
        summary="Delete an airport for good",
        description="Only its history stays. To be able to restore it, flag it with `GET /delete` instead.",
        tags=["airports"],
        parameters=[AIRPORT_ID, IF_MATCH],
        responses={204: None},
    )
    def destroy(self, request: Request, airport_id: str) -> Response:
        airport = visible_airport(airport_id=path_id(airport_id))
        self.query()
        delete_airport(airport_id=airport.pk, actor=self.actor, versions=known_versions(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Restore an airport",
        description="Takes the deletion flag off. 409 where it has none, or where another airport took its code.",
        tags=["airports"],
        parameters=[AIRPORT_ID, IF_MATCH],
        request=None,
        responses={200: AIRPORT_DETAIL},
    )
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, airport_id: str) -> Response:
        airport = visible_airport(airport_id=path_id(airport_id))
        self.query()
        versions = known_versions(request)
        return airport_response(restore_airport(airport_id=airport.pk, actor=self.actor, versions=versions))

    @extend_schema(
        summary="Read the history of an airport",
        description="Who changed what, when, newest first; also of an airport that was deleted for good.",
        tags=["airports"],
        parameters=[AIRPORT_ID, PageQuery],
        responses={
            (200, "application/json"): page_of(HistoryEntrySerializer, "AirportHistoryPage"),
            (200, "text/csv"): str,
        },
    )
    @action(detail=True, methods=["get"])
    def history(self, request: Request, airport_id: str) -> HttpResponseBase:
        entries = history_of(airport_id=path_id(airport_id))
        query = self.query()
        if self.format == "csv":
            header = list(HistoryEntrySerializer().fields)
            rows = (history_row(entry) for entry in entries.iterator())
            return csv_response(name=f"airport-{airport_id}-history", header=header, rows=map(_history_cells, rows))
        return page_response(request, entries, query, history_row)

    def _write(self, airport_id: str, *, complete: bool) -> Response:
        airport = visible_airport(airport_id=path_id(airport_id))
        values = self._body(complete=complete)
        versions = known_versions(self.request)
        updated = update_airport(airport_id=airport.pk, values=values, actor=self.actor, versions=versions)
        return airport_response(updated)

    def _body(self, *, complete: bool) -> dict[str, Value]:
        body = read_body(self.request, max_bytes=settings.BODY_MAX_BYTES)
        self.query()
        document = read_object(body)
        return read_airport(document) if complete else read_changes(document)


def _history_cells(row: dict[str, Any]) -> list[Any]:
    return [msgspec.json.encode(value).decode() if isinstance(value, dict) else value for value in row.values()]
