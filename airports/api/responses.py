"""Airports as responses: one with its tag, lists as CSV and GeoJSON."""

from django.http import FileResponse, StreamingHttpResponse
from rest_framework import status
from rest_framework.response import Response
from rest_framework.reverse import reverse

from airports.api.serializers import AirportSerializer, airport_row
from airports.csv.cells import written
from airports.fields import NAMES, Value
from airports.models import Airport
from airports.querysets import AirportQuerySet
from config.common.db.in_chunks import read_in_chunks
from config.common.http.geojson import Feature, geojson_response
from config.common.http.schema import data_of
from config.common.http.tables import csv_response, xlsx_response
from config.common.http.versions import etag

# The envelope of one airport in the OpenAPI document.
AIRPORT_DETAIL = data_of(AirportSerializer(), "AirportDetail")


def airport_response(airport: Airport, code: int = status.HTTP_200_OK) -> Response:
    """`{"data": airport}` with its `ETag`, and with its `Location` where it is new."""
    headers = {"ETag": etag(airport)}
    if code == status.HTTP_201_CREATED:
        headers["Location"] = reverse("airport-detail", kwargs={"airport_id": airport.pk})
    return Response({"data": airport_row(airport)}, status=code, headers=headers)


def airports_csv(rows: AirportQuerySet) -> StreamingHttpResponse:
    """The columns that an upload takes."""
    lines = ([_cell(getattr(airport, name)) for name in NAMES] for airport in read_in_chunks(rows))
    return csv_response(name="airports", header=NAMES, rows=lines)


def airports_xlsx(rows: AirportQuerySet) -> FileResponse:
    """The same as a workbook."""
    lines = ([getattr(airport, name) for name in NAMES] for airport in read_in_chunks(rows))
    return xlsx_response(name="airports", header=NAMES, rows=lines)


def _cell(value: Value) -> Value:
    return written(value) if isinstance(value, str) else value


def airports_geojson(rows: AirportQuerySet) -> StreamingHttpResponse:
    """A feature each; its properties are the row's other values."""
    return geojson_response(_feature(airport) for airport in read_in_chunks(rows))


def _feature(airport: Airport) -> Feature:
    row = airport_row(airport)
    return Feature(row.pop("id"), row.pop("longitude"), row.pop("latitude"), row)
