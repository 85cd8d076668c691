"""`/upload`: a file of airports."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from airports.api.upload_body import FORM, CSVParser, FormParser, uploaded_file
from airports.services.upload_airports import UploadResult, upload_airports
from config.common.http.schema import data_of
from config.common.http.tables import CSV
from config.common.http.viewsets import ApiViewSet


class UploadQuery(serializers.Serializer[Any]):
    """How the file is taken."""

    on_error = serializers.ChoiceField(
        required=False,
        default="fail",
        choices=["fail", "skip"],
        help_text="`fail`: a rejected row refuses the file; `skip`: the good rows are stored.",
    )
    dry_run = serializers.BooleanField(required=False, default=False, help_text="Count, but store nothing.")


class UploadBodySerializer(serializers.Serializer[Any]):
    """The form."""

    file = serializers.FileField(help_text="CSV in the OpenFlights layout.")


class RejectionSerializer(serializers.Serializer[Any]):
    """One offending value."""

    line = serializers.IntegerField(help_text="Where its row begins; the first line is 1.")
    column = serializers.CharField(allow_null=True, help_text="Null where the row as a whole is wrong.")
    code = serializers.CharField()
    detail = serializers.CharField()


class UploadResultSerializer(serializers.Serializer[Any]):
    """What an upload did. Every row is counted once, from `created` to `skipped_deleted`, or rejected."""

    rows = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    displaced = serializers.IntegerField(help_text="Airports whose IATA code went to another; they have none now.")
    skipped_deleted = serializers.IntegerField(help_text="Rows whose airport is flagged as deleted.")
    rejected = RejectionSerializer(many=True)
    more_rejected = serializers.IntegerField(required=False, help_text="How many more there are than the ones listed.")


class UploadViewSet(ApiViewSet):
    """Airports from a CSV file in the OpenFlights layout."""

    permissions = {"create": ("airports.add_airport",)}
    queries = {"create": UploadQuery}
    bodies = {"create": UploadBodySerializer}
    parser_classes = [FormParser, CSVParser]

    @extend_schema(
        operation_id="airport_upload",
        summary="Upload airports",
        description=(
            "CSV in the OpenFlights layout, as the field `file` of a form or as the body. The header row may be there "
            "or not, in any case and order; 13 columns (`name, city, country, iata, icao, latitude, longitude, "
            "altitude, timezone, dst, tz, type, source`) or 14 with a leading `id`, which is ignored. An empty cell "
            "and `\\N` are null, and null leaves the stored value. The delimiter may be a comma, a semicolon or a tab, "
            "with one of the latter a decimal comma is read; UTF-8, UTF-16 with a byte order mark, and Windows-1252 or "
            "-1251 where they are certain.\n\n"
            "A row is the airport with its ICAO code; with its IATA code only where one of them has no ICAO code; "
            "else the one with the same name, city, country and coordinates. Of two rows for one airport the later "
            "is rejected. An IATA code that another airport holds goes to the row of the file.\n\n"
            "All or nothing: a rejected row refuses the file, and `errors` name line and column."
        ),
        tags=["airports"],
        parameters=[UploadQuery],
        request={FORM: UploadBodySerializer, CSV: OpenApiTypes.BINARY},
        responses={
            201: OpenApiResponse(data_of(UploadResultSerializer(), "Upload"), description="Stored."),
            200: OpenApiResponse(data_of(UploadResultSerializer(), "UploadPreview"), description="With `dry_run`."),
        },
    )
    def create(self, request: Request) -> Response:
        query: dict[str, Any] = {}
        with uploaded_file(
            request, max_bytes=settings.AIRPORTS_MAX_BYTES, check=lambda: query.update(self.query())
        ) as file:
            result = upload_airports(stream=file, actor=self.actor, **query)
        return Response(
            {"data": upload_row(result)}, status=status.HTTP_200_OK if query["dry_run"] else status.HTTP_201_CREATED
        )


def upload_row(result: UploadResult) -> dict[str, Any]:
    """The counts as `UploadResultSerializer` describes them."""
    counts = asdict(result)
    counts["rejected"] = [
        {"line": one.line, "column": one.column, "code": one.code, "detail": one.detail} for one in result.rejected
    ]
    more = counts.pop("more_rejected")
    return counts | {"more_rejected": more} if more else counts
