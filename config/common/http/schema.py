"""The OpenAPI document: envelopes around the bodies, and the errors that every operation can answer."""

from collections.abc import Mapping
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer

from config.common.http.permissions import PUBLIC
from config.common.http.query import MARK
from config.common.http.tables import CSV, XLSX, CSVRenderer, XLSXRenderer

PROBLEM = "application/problem+json"
# The answers of `table_response`.
TABLE_ANSWERS = {(200, CSV): str, (200, XLSX): OpenApiTypes.BINARY}
_ALWAYS = {
    "400": "Invalid input",
    "406": "No such representation",
    "414": "The URL is too long",
    "429": "Too many requests",
    "503": "Try again later",
}
_SIGNED_IN = {"401": "Not signed in", "403": "Not allowed"}
_OBJECT = {"404": "No such object"}
_BODY = {"408": "The body came too slowly", "413": "Too large", "415": "Wrong content type", "507": "No space"}
_REPEATED = {
    "409": "Not now: a request with this Idempotency-Key is running, or the object's state does not allow it",
    "422": "The Idempotency-Key belongs to a request with another body",
}
_STATE = {"409": "Not now: the object's state does not allow it", "410": "Erased"}
_TAKEN = {"409": "Not now, or a value that has to be unique is taken"}
_LONG = {"413": "More rows than a workbook may have; take CSV"}
_GUARDED = {"412": "The object is not the one that If-Match names"}
_HTML = "text/html"
_MARK = OpenApiParameter(MARK, bool, default=False, description="Of CSV: begin with a byte order mark, for Excel.")


class FieldErrorSchema(serializers.Serializer[Any]):
    """One offending value."""

    pointer = serializers.CharField(
        help_text="JSON Pointer into the body; `?name` for a query parameter; `line 17` of CSV or NDJSON."
    )
    code = serializers.CharField(help_text="For programs: it never changes.")
    detail = serializers.CharField(help_text="For people, in the language of `Accept-Language`.")

    class Meta:
        ref_name = "FieldError"


class ProblemSchemaSerializer(serializers.Serializer[Any]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField(help_text="What HTTP calls the status, in the language of `Accept-Language`.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="For people, in the language of `Accept-Language`.")
    request_id = serializers.CharField()
    errors = FieldErrorSchema(many=True)  # type: ignore[assignment]  # the base has one too
    more_errors = serializers.IntegerField(required=False, help_text="How many more there are than the ones listed.")

    class Meta:
        ref_name = "Problem"


def data_of(body: serializers.BaseSerializer[Any] | serializers.Field[Any, Any, Any, Any], name: str) -> Any:
    """The envelope `{"data": body}` as a component called `name`."""
    return inline_serializer(name, {"data": body})


def page_of(item: type[serializers.Serializer[Any]], name: str) -> Any:
    """The envelope of a list that comes in pages."""
    fields: dict[str, Any] = {
        "data": item(many=True),
        "count": serializers.IntegerField(),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    return inline_serializer(name, fields)


class ProblemSchema(AutoSchema):
    """Adds to each operation the problems that it can answer, so that no view repeats them."""

    def get_operation_id(self) -> str:
        """`import_list`, `citizen_birthdays`: what the router calls the view, and the action."""
        basename = getattr(self.view, "basename", None)
        return (
            f"{basename}_{getattr(self.view, 'action', None)}".replace("-", "_")
            if basename
            else str(super().get_operation_id())
        )

    def get_override_parameters(self) -> list[Any]:
        """The key of what may be sent again, and what every CSV may begin with."""
        key = self._key()
        return ([] if key is None else [key]) + ([_MARK] if CSVRenderer in self._renderers() else [])

    def _key(self) -> Any:
        """The parameter that `config.common.idempotency` puts on an action."""
        return getattr(self._action(), "idempotency_key", None)

    def _renderers(self) -> tuple[type[BaseRenderer], ...]:
        """The representations of the action; none where it answers in JSON alone."""
        named: Mapping[str, tuple[type[BaseRenderer], ...]] = getattr(self.view, "renderers", {})
        return named.get(getattr(self.view, "action", None) or "", ())

    def _action(self) -> object:
        return getattr(self.view, getattr(self.view, "action", None) or "", None)

    def _get_request_body(self, direction: Literal["request", "response"] = "request") -> Any:
        """A body is never optional, also where each of its fields is."""
        body = super()._get_request_body(direction)  # type: ignore[no-untyped-call]  # drf-spectacular has few types
        return body | {"required": True} if body else body

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Never: the views name their envelopes, so nothing is to be wrapped in an array."""
        return False

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for status, description in self._problems().items():
            response = OpenApiResponse(ProblemSchemaSerializer, description=description)
            bodies[status] = self._get_response_for_code(  # type: ignore[no-untyped-call]  # untyped there
                response, status, media_types=[PROBLEM]
            )
            if self._answers_pages():
                bodies[status]["content"][_HTML] = {"schema": {"type": "string"}}
        return bodies

    def _answers_pages(self) -> bool:
        """Whether a browser gets a page here, also of a refusal."""
        return _HTML in {renderer.media_type for renderer in self._renderers()}

    def _problems(self) -> dict[str, str]:
        problems = dict(_ALWAYS)
        needed = getattr(self.view, "permissions", {}).get(getattr(self.view, "action", None), PUBLIC)
        if needed != PUBLIC:
            problems |= _SIGNED_IN
        if "{" in self.path or getattr(self.view, "names_objects", False):
            problems |= _OBJECT | _STATE
        if XLSXRenderer in self._renderers():
            problems |= _LONG
        if self.method in {"POST", "PUT", "PATCH"}:
            problems = _TAKEN | problems | _BODY
        if any(getattr(parameter, "name", None) == "If-Match" for parameter in self.get_override_parameters()):
            problems |= _GUARDED
        if self._key() is not None:
            problems |= _REPEATED
        return dict(sorted(problems.items()))
