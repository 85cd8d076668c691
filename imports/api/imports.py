"""`/imports` and `/imports/{id}`: deliveries as a whole."""

from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from config.common.api.bodies import read_body
from config.common.api.idempotency import idempotent
from config.common.api.pages import page_response
from config.common.api.paths import path_id
from config.common.api.schema import data_of, page_of
from config.common.api.tables import CSVRenderer, csv_response
from config.common.api.viewsets import ApiViewSet
from imports.api.examples import DELIVERY
from imports.api.serializers import (
    DeliverySerializer,
    ImportIdSerializer,
    ImportListQuery,
    ImportSerializer,
    SourceQuery,
    import_row,
)
from imports.models import Import
from imports.services.access import visible_import
from imports.services.delete_import import delete_import
from imports.services.load_import import DEFAULT_SOURCE, load_import

IMPORT_ID = OpenApiParameter("import_id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The import's number.")
_GZIP = OpenApiParameter(
    "Content-Encoding", str, OpenApiParameter.HEADER, enum=["gzip"], description="Where the body is compressed."
)


class ImportViewSet(ApiViewSet):
    """Deliveries of residents: load one, list them, see where one stands, delete one."""

    permissions = {
        "list": ("imports.view_import",),
        "create": ("imports.add_import",),
        "retrieve": ("imports.view_import",),
        "destroy": ("imports.delete_import",),
    }
    queries = {"list": ImportListQuery, "create": SourceQuery}
    bodies = {"create": DeliverySerializer}
    renderers = {"list": (JSONRenderer, CSVRenderer)}
    lookup_field = "import_id"

    def check_options(self, **kwargs: Any) -> None:
        if "import_id" in kwargs:
            visible_import(import_id=path_id(kwargs["import_id"]))

    @extend_schema(
        summary="List the imports",
        description="Newest first. As CSV: the whole filtered list.",
        tags=["imports"],
        parameters=[ImportListQuery],
        responses={(200, "application/json"): page_of(ImportSerializer, "ImportPage"), (200, "text/csv"): str},
    )
    def list(self, request: Request) -> HttpResponseBase:
        query = self.query()
        filters = {name: query[name] for name in ("source", "status") if name in query}
        rows = Import.objects.live().filter(**filters).with_makers()
        if self.format == "csv":
            header = list(ImportSerializer().fields)
            return csv_response(
                name="imports", header=header, rows=(list(import_row(row).values()) for row in rows.iterator())
            )
        return page_response(request, rows, query, import_row)

    @extend_schema(
        summary="Load a delivery",
        description="All or nothing: a delivery with any invalid value is refused, with every one of them listed.",
        tags=["imports"],
        parameters=[SourceQuery, _GZIP],
        request=DeliverySerializer,
        examples=[DELIVERY],
        responses={201: OpenApiResponse(data_of(ImportIdSerializer(), "ImportCreated"), description="Loaded.")},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        body = read_body(request, max_bytes=settings.IMPORT_MAX_BYTES, encodings=("gzip",))
        source = self.query().get("source", DEFAULT_SOURCE)
        loaded = load_import(body=body, source=source, actor=self.actor)
        location = reverse("import-detail", kwargs={"import_id": loaded.pk})
        data = {"data": {"import_id": loaded.pk}}
        return Response(data, status=status.HTTP_201_CREATED, headers={"Location": location})

    @extend_schema(
        summary="See where an import stands",
        tags=["imports"],
        parameters=[IMPORT_ID],
        responses={200: data_of(ImportSerializer(), "ImportDetail")},
    )
    def retrieve(self, request: Request, import_id: str) -> Response:
        found = visible_import(import_id=path_id(import_id))
        self.query()
        return Response({"data": import_row(found)})

    @extend_schema(
        summary="Delete an import",
        description="It is gone at once; its rows are removed afterwards.",
        tags=["imports"],
        parameters=[IMPORT_ID],
        responses={204: None},
    )
    def destroy(self, request: Request, import_id: str) -> Response:
        visible_import(import_id=path_id(import_id))
        self.query()
        delete_import(import_id=path_id(import_id), actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)
