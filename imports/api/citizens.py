"""`/imports/{id}/citizens` and what is counted from them."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.common.http.bodies import read_body
from config.common.http.front import comes_along
from config.common.http.paths import SEGMENT, path_id
from config.common.http.schema import TABLE_ANSWERS, data_of
from config.common.http.tables import TABLE_FORMATS, TABLES, XLSXRenderer, csv_download, table_response, xlsx_response
from config.common.http.viewsets import ApiViewSet
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import InvalidInput, Problem
from config.common.replicas.reading import from_replica
from config.common.tabular.workbook import expect_rows
from imports.api.examples import BIRTHDAYS, CORRECTION, PRESENTS
from imports.api.imports import IMPORT_ID
from imports.api.serializers import (
    BirthdaysQuery,
    BoughtSerializer,
    CitizenPatchSerializer,
    StoredCitizenSerializer,
    TownAgesSerializer,
)
from imports.documents.formats import NDJSON
from imports.documents.reader import read_patch
from imports.fields import NAMES, Patch, written
from imports.models import Citizen
from imports.querysets import SEE_ALL, SEE_OWN
from imports.services.access import readable_delivery, readable_resident
from imports.services.document_rules import rules_for, rules_on
from imports.services.residents.age_percentiles import age_percentiles
from imports.services.residents.correct_resident import correct_resident
from imports.services.residents.count_courses import courses_by_channel, presents_by_month
from imports.services.residents.read_residents import stream_csv, stream_json, stream_ndjson, stream_rows

CITIZEN_ID = OpenApiParameter(
    "citizen_id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Its id in the import."
)
_SEE = (SEE_ALL, SEE_OWN)


class NDJSONRenderer(BaseRenderer):
    """Names NDJSON in content negotiation; the view streams it."""

    media_type = NDJSON.media_type
    format = "ndjson"


class CitizenViewSet(ApiViewSet):
    """The residents of one import: read them, correct one, count the courses that they will buy."""

    permissions = {
        "list": _SEE,
        "retrieve": _SEE,
        "partial_update": ("imports.change_citizen",),
        "birthdays": _SEE,
    }
    queries = {"birthdays": BirthdaysQuery}
    bodies = {"partial_update": CitizenPatchSerializer}
    renderers = {"list": (JSONRenderer, NDJSONRenderer, *TABLES)}
    lookup_field = "citizen_id"
    lookup_value_regex = SEGMENT

    @extend_schema(
        summary="Read all residents of an import",
        description=(
            "Streamed, ordered by `citizen_id`, the whole list. Compressed where `Accept-Encoding` allows gzip and the "
            "caller signs in with a token. A connection that breaks off before its last chunk was too slow: "
            "what came is not the whole list. CSV and XLSX are what `POST /imports` takes; a workbook has 200,000 rows "
            "at most (else 413)."
        ),
        tags=["citizens"],
        parameters=[IMPORT_ID],
        responses={
            (200, "application/json"): data_of(StoredCitizenSerializer(many=True), "CitizenList"),
            (200, NDJSON.media_type): OpenApiResponse(str, description="A citizen a line."),
            **TABLE_ANSWERS,
        },
    )
    @from_replica
    def list(self, request: Request, import_id: str) -> HttpResponseBase:
        found = readable_delivery(import_id=path_id(import_id), actor=self.actor)
        self.query()
        if self.format == XLSXRenderer.format:
            expect_rows(found.citizen_count)
        self._record(What.RESIDENTS, found.pk)
        name = f"import-{found.pk}"
        if self.format == "csv":
            return csv_download(name=name, pieces=stream_csv(import_id=found.pk))
        if self.format == XLSXRenderer.format:
            return xlsx_response(name=name, header=NAMES, rows=stream_rows(import_id=found.pk))
        if self.format == "ndjson":
            return StreamingHttpResponse(stream_ndjson(import_id=found.pk), content_type=NDJSON.media_type)
        return StreamingHttpResponse(stream_json(import_id=found.pk), content_type="application/json")

    @extend_schema(
        summary="Read one resident",
        tags=["citizens"],
        parameters=[IMPORT_ID, CITIZEN_ID],
        responses={200: data_of(StoredCitizenSerializer(), "CitizenDetail")},
    )
    def retrieve(self, request: Request, import_id: str, citizen_id: str) -> Response:
        number, resident = path_id(import_id), path_id(citizen_id)
        citizen = readable_resident(import_id=number, citizen_id=resident, actor=self.actor)
        self.query()
        self._record(What.RESIDENT, citizen.delivery_id, citizen.citizen_id)
        return Response({"data": written(citizen)})

    @extend_schema(
        summary="Correct a resident",
        description=(
            "`relatives` and `friends` change on both sides. At least one field; `citizen_id` stays. A list that is "
            "stored with more ids than it may have today can stay as long or become shorter."
        ),
        tags=["citizens"],
        parameters=[IMPORT_ID, CITIZEN_ID],
        request=CitizenPatchSerializer,
        examples=[CORRECTION],
        responses={
            200: OpenApiResponse(data_of(StoredCitizenSerializer(), "CitizenCorrected"), description="As it now is.")
        },
    )
    def partial_update(self, request: Request, import_id: str, citizen_id: str) -> Response:
        number, resident = path_id(import_id), path_id(citizen_id)
        patch = self._patch(number, resident)
        corrected = correct_resident(
            import_id=number, citizen_id=resident, patch=patch, actor=self.actor, shown_to=Reader.of(request)
        )
        return Response({"data": written(corrected)})

    def _patch(self, import_id: int, citizen_id: int) -> Patch:
        """What the body says. The resident is read for a refusal alone, which comes after that of a resident whom the
        caller does not know of: to correct it reads it anyway, under its locks."""

        def seen() -> Citizen:
            return readable_resident(import_id=import_id, citizen_id=citizen_id, actor=self.actor)

        # A body of some size is not waited for in vain, and the locks know no roles.
        if not comes_along(self.request.META) or not self.actor.has_perm(SEE_ALL):
            seen()
        try:
            body = read_body(self.request, max_bytes=settings.BODY_MAX_BYTES)
            self.query()
        except Problem:
            seen()
            raise
        try:
            return read_patch(body, rules=rules_on())
        except InvalidInput:
            # Under its own rules: its lists may be longer than those of today.
            return read_patch(body, rules=rules_for(seen()))

    @extend_schema(
        summary="Count the courses that residents will buy",
        description=(
            "How many courses each citizen buys for first-order relatives and friends, grouped by the advertising "
            "channel, or with `group_by=month` by the birthday month (items `{citizen_id, presents}`, all twelve "
            "months present), of the one that it is bought for."
        ),
        tags=["citizens"],
        parameters=[IMPORT_ID, BirthdaysQuery],
        examples=[BIRTHDAYS, PRESENTS],
        responses={200: data_of(serializers.DictField(child=BoughtSerializer(many=True)), "Birthdays")},
    )
    @action(detail=False, methods=["get"])
    @from_replica
    def birthdays(self, request: Request, import_id: str) -> HttpResponse:
        found = readable_delivery(import_id=path_id(import_id), actor=self.actor)
        by_month = self.query()["group_by"] == "month"
        self._record(What.COURSES, found.pk)
        data = presents_by_month(import_id=found.pk) if by_month else courses_by_channel(import_id=found.pk)
        return HttpResponse(b'{"data": ' + data + b"}", content_type="application/json")

    def _record(self, what: What, import_id: int, citizen_id: int | None = None) -> None:
        residents = [(import_id, citizen_id)]
        record_read(reader=Reader.of(self.request), what=what, residents=residents, form=self.format)


class TownAgeViewSet(ApiViewSet):
    """How old the residents of each town are."""

    permissions = {"list": _SEE}
    renderers = {"list": (JSONRenderer, *TABLES)}

    @extend_schema(
        summary="Age percentiles by town",
        description="Full years of age today in UTC, interpolated as `numpy.percentile` does it. The whole list.",
        tags=["citizens"],
        parameters=[IMPORT_ID],
        responses={
            (200, "application/json"): data_of(TownAgesSerializer(many=True), "TownAgeList"),
            **TABLE_ANSWERS,
        },
    )
    @from_replica
    def list(self, request: Request, import_id: str) -> HttpResponseBase:
        found = readable_delivery(import_id=path_id(import_id), actor=self.actor)
        self.query()
        # Of a town with one resident they are an age.
        residents = [(found.pk, None)]
        record_read(reader=Reader.of(request), what=What.AGES, residents=residents, form=self.format)
        towns = age_percentiles(import_id=found.pk, today=datetime.now(UTC).date())
        if self.format in TABLE_FORMATS:
            name, rows = f"import-{found.pk}-ages", (list(town.values()) for town in towns)
            return table_response(self.format, name=name, header=("town", "p50", "p75", "p99"), rows=rows)
        return Response({"data": towns})
