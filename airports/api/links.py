"""The queries of the links that ask for a change, and their answer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, status
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from airports.api.queries import FieldParameter
from airports.api.serializers import AirportBodySerializer, DifferenceSerializer
from airports.fields import FIELDS, NAMES, InvalidValue, Value
from airports.models import PendingChange
from airports.services.pending_changes import differences_of
from airports.services.request_change import Requested
from config.common.http.moments import moment
from config.common.http.schema import data_of
from config.common.problems import FieldError, InvalidInput, Problem
from config.common.texts import gettext as _

CONFIRMING = (
    "Answers a `confirmation_url`, which somebody who may make that change opens and confirms, once, within 24 hours. "
    "An empty value means null. Accepts a token only."
)
# What stands for bytes that are no UTF-8: a link that was broken on its way must not be stored.
_BROKEN = "\ufffd"


class LinkParameter(FieldParameter):
    """A value of the airport's field; an empty one is null."""

    def run_validation(self, data: Any = empty) -> Any:
        # A text field would refuse an empty value, and cut others, before the field's own rule is asked.
        return super().run_validation(data) if data is empty else self.to_internal_value(data)

    def read(self, text: str) -> Any:
        if _BROKEN in text:
            raise InvalidValue("invalid_characters", _("A text in UTF-8 is expected."))
        return super().read(text)


@extend_schema_field(OpenApiTypes.DOUBLE)
class LinkNumber(LinkParameter):
    """Reads a number in the same way."""


def _parameters(*, complete: bool) -> dict[str, LinkParameter]:
    """A parameter for each field of an airport; `complete` if those that an airport must have are required."""
    described = AirportBodySerializer().fields
    kinds = {
        name: LinkNumber if isinstance(field, serializers.FloatField) else LinkParameter
        for name, field in described.items()
    }
    return {
        name: kinds[name](name, required=complete and FIELDS[name].required, help_text=described[name].help_text or "")
        for name in NAMES
    }


class CreateLinkQuery(serializers.Serializer[Any]):
    """The fields of a new airport."""

    def get_fields(self) -> dict[str, Any]:
        return {**_parameters(complete=True)}


class UpdateLinkQuery(serializers.Serializer[Any]):
    """Which airport, and its fields to change."""

    def get_fields(self) -> dict[str, Any]:
        return {"id": serializers.CharField(help_text="Its number."), **_parameters(complete=False)}


def fields_in(query: Mapping[str, Any]) -> dict[str, Value]:
    """The fields of an airport among the parameters."""
    return {name: query[name] for name in NAMES if name in query}


def changes_in(query: Mapping[str, Any]) -> dict[str, Value]:
    """Reads the fields of an airport among the parameters. Raises `InvalidInput` where there is none."""
    values = fields_in(query)
    if not values:
        errors = [FieldError("", "required", _("At least one field is expected."))]
        raise InvalidInput(_("The query is not valid."), errors=errors)
    return values


@contextmanager
def pointing_at_the_query() -> Iterator[None]:
    """Turns pointers into a body, as services make them, into names of parameters."""
    try:
        yield
    except Problem as problem:
        problem.errors = [replace(error, pointer=f"?{error.pointer.removeprefix('/')}") for error in problem.errors]
        raise


class LinkSerializer(serializers.Serializer[Any]):
    """A link that was made."""

    confirmation_url = serializers.URLField(help_text="Opens a page in a browser; answers programs in JSON.")
    expires_at = serializers.DateTimeField()
    action = serializers.ChoiceField(choices=PendingChange.Action.choices)
    changes = serializers.DictField(child=DifferenceSerializer(), help_text="By the name of the field.")


# The envelope of a link in the OpenAPI document.
LINK_DETAIL = data_of(LinkSerializer(), "LinkDetail")


def link_response(request: Request, requested: Requested) -> Response:
    """202: the address where the change can be looked at and confirmed."""
    change = requested.change
    row = {
        "confirmation_url": reverse("confirmation", kwargs={"token": requested.token}, request=request),
        "expires_at": moment(change.expires_at),
        "action": change.action,
        "changes": differences_of(change),
    }
    return Response({"data": row}, status=status.HTTP_202_ACCEPTED)
