"""`/sources` and `/channels`: what deliveries name, and under which other names."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import Serializer

from config.common.http.bodies import read_body
from config.common.http.documents import read_object, read_values
from config.common.http.pagination import page_response
from config.common.http.paths import SEGMENT, path_id
from config.common.http.schema import data_of, page_of
from config.common.http.tables import CSVRenderer, csv_response
from config.common.http.versions import IF_MATCH, IF_NONE_MATCH, etag, is_known, known_versions
from config.common.http.viewsets import ApiViewSet
from config.common.spellings import fold
from imports.api.examples import CHANNEL, CHANNEL_ALIASES, SOURCE, SOURCE_ALIASES
from imports.api.named_bodies import (
    BLANK,
    ChannelSerializer,
    NamedListQuery,
    SourceSerializer,
    StoredChannelSerializer,
    StoredSourceSerializer,
    channel_row,
    source_row,
)
from imports.models import Channel, Source
from imports.services.naming.change_named import change_named, create_named, delete_named, find_named
from imports.services.naming.read_named import named_for_reading

_ALIASES = (
    "An alias acts on the analytics of all imports, past and future, until it is taken off; imports give back what was "
    "sent. A name that is changed stays as an alias unless `aliases` says otherwise. 409 `duplicate_name` for what is "
    "a name of another one."
)


class NamedViewSet(ApiViewSet):
    """What both have in common."""

    model: ClassVar[type[Source] | type[Channel]]
    lookup_field: ClassVar[str]
    # Whether its version says all that it shows, so that whoever has it may keep it.
    keeps: ClassVar[bool] = True
    queries = {"list": NamedListQuery}
    renderers = {"list": (JSONRenderer, CSVRenderer)}
    lookup_value_regex = SEGMENT

    def list(self, request: Request) -> HttpResponseBase:
        query = self.query()
        rows = named_for_reading(self.model)
        if "name" in query:
            rows = rows.filter(pk__in=self.model.objects.ids_of([fold(query["name"])]))
        if self.format != "csv":
            return page_response(request, rows, query, self.row)
        header = list(self.bodies["create"]().fields)
        lines = (self.row(row) for row in rows.iterator(chunk_size=1_000))
        return csv_response(
            name=self.basename or "", header=header, rows=([_cell(line[name]) for name in header] for line in lines)
        )

    def create(self, request: Request) -> Response:
        made = create_named(self.model, values=self._values(complete=True), actor=self.actor)
        return self._answer(made.pk, status.HTTP_201_CREATED)

    def retrieve(self, request: Request, **ids: str) -> Response:
        found = find_named(self.model, pk=self._id(ids))
        self.query()
        if self.keeps and is_known(request, found):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag(found)})
        return self._answer(found.pk)

    def update(self, request: Request, **ids: str) -> Response:
        return self._change(ids, complete=True)

    def partial_update(self, request: Request, **ids: str) -> Response:
        return self._change(ids, complete=False)

    def destroy(self, request: Request, **ids: str) -> Response:
        found = find_named(self.model, pk=self._id(ids))
        self.query()
        delete_named(self.model, pk=found.pk, actor=self.actor, versions=known_versions(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def row(self, found: Any) -> dict[str, Any]:
        """One of them as the API shows it."""
        return channel_row(found)

    def _id(self, ids: Mapping[str, str]) -> int:
        return path_id(ids[self.lookup_field])

    def _change(self, ids: Mapping[str, str], *, complete: bool) -> Response:
        found = find_named(self.model, pk=self._id(ids))
        values, versions = self._values(complete=complete), known_versions(self.request)
        change_named(self.model, pk=found.pk, values=values, actor=self.actor, versions=versions)
        return self._answer(found.pk)

    def _values(self, *, complete: bool) -> dict[str, Any]:
        body = read_body(self.request, max_bytes=settings.BODY_MAX_BYTES)
        self.query()
        declared = self.bodies["create"]
        given = read_values(read_object(body), declared, complete=complete)
        blank = {name: value for name, value in BLANK.items() if name in declared().fields} if complete else {}
        return blank | given

    def _answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        found = named_for_reading(self.model).get(pk=pk)
        headers = {"ETag": etag(found)}
        if code == status.HTTP_201_CREATED:
            headers["Location"] = reverse(f"{self.basename}-detail", kwargs={self.lookup_field: pk})
        return Response({"data": self.row(found)}, status=code, headers=headers)


def _cell(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value


def _described(
    thing: str,
    body: type[Serializer[Any]],
    stored: type[Serializer[Any]],
    whole: Any,
    part: Any,
    gone: str,
    *,
    keeps: bool = True,
) -> Any:
    """The operations of a view set for the OpenAPI document."""
    name, tag = thing.capitalize(), [f"{thing}s"]
    number = [OpenApiParameter(f"{thing}_id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Its number.")]
    one = data_of(stored(), f"{name}Detail")
    changing: dict[str, Any] = {
        "tags": tag,
        "parameters": [*number, IF_MATCH],
        "request": body,
        "responses": {200: one},
    }
    return extend_schema_view(
        list=extend_schema(
            summary=f"List the {thing}s",
            description="By name, without the aliases, which stand with theirs. As CSV: the whole filtered list.",
            tags=tag,
            parameters=[NamedListQuery],
            responses={(200, "application/json"): page_of(stored, f"{name}Page"), (200, "text/csv"): str},
        ),
        create=extend_schema(
            summary=f"Add a {thing}",
            description=_ALIASES,
            tags=tag,
            request=body,
            examples=[whole],
            responses={201: one},
        ),
        retrieve=extend_schema(
            summary=f"Read a {thing}",
            tags=tag,
            parameters=[*number, IF_NONE_MATCH] if keeps else number,
            responses={200: one} | ({304: OpenApiResponse(description="You have it as it is.")} if keeps else {}),
        ),
        update=extend_schema(
            **changing,
            summary=f"Replace a {thing}",
            description=f"What the body leaves out becomes empty. {_ALIASES}",
            examples=[whole],
        ),
        partial_update=extend_schema(
            **changing, summary=f"Change a {thing}", description=f"At least one field. {_ALIASES}", examples=[part]
        ),
        destroy=extend_schema(
            summary=f"Remove a {thing}",
            description=f"Its aliases are names of their own again. {gone}",
            tags=tag,
            parameters=[*number, IF_MATCH],
            responses={204: None},
        ),
    )


def _permissions(model: str) -> dict[str, tuple[str, ...]]:
    view, change = (f"imports.view_{model}",), (f"imports.change_{model}",)
    return {
        "list": view,
        "create": (f"imports.add_{model}",),
        "retrieve": view,
        "update": change,
        "partial_update": change,
        "destroy": (f"imports.delete_{model}",),
    }


@_described(
    "source",
    SourceSerializer,
    StoredSourceSerializer,
    SOURCE,
    SOURCE_ALIASES,
    "409 while there are deliveries of it.",
    keeps=False,
)
class SourceViewSet(NamedViewSet):
    """Suppliers of deliveries: list them, add, read, replace, change and remove one."""

    model = Source
    # What a source shows besides its version moves with deliveries and with names of users.
    keeps = False
    permissions = _permissions("source")
    bodies = dict.fromkeys(("create", "update", "partial_update"), SourceSerializer)
    lookup_field = "source_id"

    def row(self, found: Source) -> dict[str, Any]:
        return source_row(found)


@_described(
    "channel", ChannelSerializer, StoredChannelSerializer, CHANNEL, CHANNEL_ALIASES, "Deliveries stay as they are."
)
class ChannelViewSet(NamedViewSet):
    """Advertising channels that staff know by name: list them, add, read, replace, change and remove one."""

    model = Channel
    permissions = _permissions("channel")
    bodies = dict.fromkeys(("create", "update", "partial_update"), ChannelSerializer)
    lookup_field = "channel_id"
