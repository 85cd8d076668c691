"""`/imports` and `/imports/{id}`: deliveries as a whole."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.common.http.bodies import Admit, JSONBodyParser, RawBody, raw_body, sent_encoding, sent_type
from config.common.http.encodings import GZIP
from config.common.http.pagination import page_response
from config.common.http.paths import path_id
from config.common.http.preferences import APPLIED, RESPOND_ASYNC, prefers_async
from config.common.http.schema import data_of, page_of
from config.common.http.tables import CSVRenderer, csv_response
from config.common.http.viewsets import ApiViewSet
from config.common.idempotency.api import idempotent
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import FieldError, InvalidInput
from config.common.tabular.encodings import UTF8
from config.common.texts import gettext as _
from imports.api.examples import DELIVERY, LINES, ROWS
from imports.api.serializers import (
    CitizenSerializer,
    DeliveryQuery,
    DeliverySerializer,
    ImportIdSerializer,
    ImportListQuery,
    ImportSerializer,
    ReviewedImportSerializer,
    detailed_row,
    import_row,
    residents_in,
)
from imports.documents.formats import CSV, FORMATS, JSON, NDJSON, XLSX, Format
from imports.documents.options import TableOptions
from imports.models import Import
from imports.services.access import visible_delivery
from imports.services.erasing.delete_delivery import delete_delivery
from imports.services.loading.hold_losses import load_or_hold
from imports.services.loading.load_delivery import load_delivery
from imports.services.loading.load_document import growth_of
from imports.services.loading.receive_delivery import receive_delivery
from imports.services.loading.unpack_body import most_bytes, unpack_body
from imports.services.naming.resolve_source import spellings_of

IMPORT_ID = OpenApiParameter("import_id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The import's number.")
_ENCODINGS = (GZIP,)
_PARSERS = [type(f"{one.label}Parser", (JSONBodyParser,), {"media_type": name}) for name, one in FORMATS.items()]
_BODIES = {
    JSON.media_type: DeliverySerializer,
    NDJSON.media_type: CitizenSerializer,
    CSV.media_type: OpenApiTypes.STR,
    XLSX.media_type: OpenApiTypes.BINARY,
}
_GZIP = OpenApiParameter(
    "Content-Encoding", str, OpenApiParameter.HEADER, enum=["gzip"], description="Where the body is compressed."
)
_PREFER = OpenApiParameter(
    "Prefer", str, OpenApiParameter.HEADER, enum=[RESPOND_ASYNC], description="Answer at once, load afterwards."
)


class ImportViewSet(ApiViewSet):
    """Deliveries of residents: load one, list them, see where one stands, delete one."""

    permissions = {
        "list": ("imports.view_import",),
        "create": ("imports.add_import",),
        "retrieve": ("imports.view_import",),
        "destroy": ("imports.delete_import",),
    }
    queries = {"list": ImportListQuery, "create": DeliveryQuery}
    bodies = {"create": DeliverySerializer}
    parser_classes = _PARSERS
    renderers = {"list": (JSONRenderer, CSVRenderer)}
    lookup_field = "import_id"

    def check_options(self, **kwargs: Any) -> None:
        if "import_id" in kwargs:
            visible_delivery(import_id=path_id(kwargs["import_id"]))

    @extend_schema(
        summary="List the imports",
        description="Newest first. As CSV: the whole filtered list.",
        tags=["imports"],
        parameters=[ImportListQuery],
        responses={(200, "application/json"): page_of(ImportSerializer, "ImportPage"), (200, "text/csv"): str},
    )
    def list(self, request: Request) -> HttpResponseBase:
        query = self.query()
        rows = Import.objects.live().with_makers()
        if "status" in query:
            rows = rows.filter(status=query["status"])
        if "source" in query:
            rows = rows.filter(source__in=spellings_of([query["source"]]))
        if self.format == "csv":
            header = list(ImportSerializer().fields)
            return csv_response(
                name="imports", header=header, rows=(list(import_row(row).values()) for row in rows.iterator())
            )
        return page_response(request, rows, query, import_row)

    @extend_schema(
        summary="Load a delivery",
        description=(
            "All or nothing: a delivery with any invalid value is refused, with every one of them listed.\n\n"
            "As `application/x-ndjson` there is one citizen a line, any number of them, read and loaded while they "
            "come. Errors then point to `line 17` and begin with the field. A line may have a mebibyte; an "
            "empty line is an error but at the end.\n\n"
            "`text/csv` and XLSX are tables: the first row names the columns, in any order and case, in English, "
            "Spanish or Russian. Ids in a list are separated by spaces, commas or semicolons; a date is `DD.MM.YYYY` "
            "or `YYYY-MM-DD`. Delimiter and encoding of CSV are guessed where they are certain. Errors then point to "
            "`line 17`, or `row 17` of a workbook.\n\n"
            "507: the rest of the database's disk is kept free. Said before the body is read where its announced size "
            "does not fit, and on the way otherwise; send it again when there is room.\n\n"
            "With `Prefer: respond-async` it is stored as it is sent and answered at once; poll `Location` until "
            "`status` is `complete`, or `failed` with the same errors. With `?review=true` beside it the load stops at "
            "`checked`, with what it would change, until somebody approves or discards it. How many residents are new, "
            "gone or changed is told to those who may see the residents of both imports, others could guess by it.\n\n"
            "An installation may have deliveries wait that would take away more than a tenth of their source's "
            "residents: 202, `Location` and the status `checked`, also without `respond-async`.\n\n"
            "What is loaded is what was sent, unless `carry_corrections=true`: then what staff corrected in the import "
            "that this one replaces is corrected in it too, where the old value came again, before the answer. 403 for "
            "those who may not see the residents of that import."
        ),
        tags=["imports"],
        parameters=[DeliveryQuery, _GZIP, _PREFER],
        request=_BODIES,
        examples=[DELIVERY, LINES, ROWS],
        responses={
            201: OpenApiResponse(data_of(ImportIdSerializer(), "ImportCreated"), description="Loaded."),
            202: OpenApiResponse(
                data_of(ReviewedImportSerializer(), "ImportReceived"), description="Stored: queued, or checked."
            ),
        },
    )
    @idempotent
    def create(self, request: Request) -> Response:
        format = FORMATS[sent_type(request, *FORMATS)]
        charset = _charset(request) if "encoding" in format.options else ""
        if prefers_async(request):
            return self._receive(request, format, charset)
        # What is loaded as it comes may have any size.
        limit = most_bytes(format) if format.is_whole else None
        body = _raw_body(request, format, limit, growth_of(format).expect_room)
        query = self.query()
        options = _table_options(format, query, charset)
        if query["review"]:
            raise _wrong_query("review", "needs_respond_async", _("Only with the header Prefer: respond-async."))
        chunks = unpack_body(body.chunks, format=format, encoding=body.encoding)
        load: Callable[..., Import] = load_or_hold if settings.IMPORT_HOLD_LOSSES else load_delivery
        values = {"source": query["source"], "options": options, "carry": query["carry_corrections"]}
        loaded = load(chunks=chunks, format=format, actor=self.actor, **values)
        return _created(loaded) if loaded.status == Import.Status.COMPLETE else self._waiting(loaded)

    def _receive(self, request: Request, format: Format, charset: str) -> Response:
        body = _raw_body(request, format, most_bytes(format), partial(growth_of(format).expect_room, kept=True))
        query = self.query()
        received = receive_delivery(
            chunks=body.chunks,
            media_type=format.media_type,
            content_encoding=body.encoding,
            source=query["source"],
            review=query["review"],
            holds_losses=settings.IMPORT_HOLD_LOSSES,
            carry=query["carry_corrections"],
            options=_table_options(format, query, charset),
            actor=self.actor,
        )
        return self._waiting(received, **APPLIED)

    def _waiting(self, delivery: Import, **headers: str) -> Response:
        data = {"data": detailed_row(delivery, actor=self.actor)}
        headers |= {"Location": delivery.get_absolute_url()}
        return Response(data, status=status.HTTP_202_ACCEPTED, headers=headers)

    @extend_schema(
        summary="See where an import stands",
        tags=["imports"],
        parameters=[IMPORT_ID],
        responses={200: data_of(ReviewedImportSerializer(), "ImportDetail")},
    )
    def retrieve(self, request: Request, import_id: str) -> Response:
        found = visible_delivery(import_id=path_id(import_id))
        self.query()
        row = detailed_row(found, actor=self.actor)
        if seen := residents_in(row):
            record_read(reader=Reader.of(request), what=What.SAMPLES, residents=seen, form=self.format)
        return Response({"data": row})

    @extend_schema(
        summary="Delete an import",
        description="It is gone at once; its rows are removed afterwards.",
        tags=["imports"],
        parameters=[IMPORT_ID],
        responses={204: None},
    )
    def destroy(self, request: Request, import_id: str) -> Response:
        visible_delivery(import_id=path_id(import_id))
        self.query()
        delete_delivery(import_id=path_id(import_id), actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _raw_body(request: Request, format: Format, limit: int | None, admit: Admit) -> RawBody:
    return raw_body(request, max_bytes=limit, media_type=format.media_type, encodings=_ENCODINGS, admit=admit)


def _table_options(format: Format, query: dict[str, Any], charset: str) -> TableOptions:
    """What the query says, and `charset` where that does not say the encoding. Raises `InvalidInput` for what another
    format has."""
    said = {name: query[name] for name in TableOptions._fields if name in query}
    for name in said:
        if name not in format.options:
            raise _wrong_query(name, "not_for_this_format", _("%(format)s has none.") % {"format": format.label})
    return TableOptions(**{"encoding": charset} | said)


def _charset(request: Request) -> str:
    """What is said beside the type. Nothing of UTF-8, which many a client says of every text."""
    codec = sent_encoding(request)
    return "" if codec == UTF8 else codec


def _wrong_query(name: str, code: str, detail: str) -> InvalidInput:
    return InvalidInput(_("The query is not valid."), errors=[FieldError(f"?{name}", code, detail)])


def _created(loaded: Import) -> Response:
    headers = {"Location": loaded.get_absolute_url()}
    return Response({"data": {"import_id": loaded.pk}}, status=status.HTTP_201_CREATED, headers=headers)
