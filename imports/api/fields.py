"""Serializer fields as strict as the documents that they describe: nothing is converted, nothing is trimmed."""

from datetime import UTC, datetime
from typing import Any, Literal

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from config.common.digits import MAX_INTEGER
from config.common.http.documents import StrictText
from config.common.texts import gettext as _
from config.common.texts import said
from imports.dates import parse_birth_date
from imports.documents.texts import has_letter_or_digit
from imports.fields import Field, Kind
from imports.services.document_rules import longest_lists

_DATE = r"^[0-9]{2}\.[0-9]{2}\.[0-9]{4}$"


class StrictIntegerField(serializers.IntegerField):
    """An integer from 0 to 2^63 - 1: no text, no boolean, no 1.0."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_INTEGER, **options)

    def to_internal_value(self, data: Any) -> int:
        # Not isinstance: true is an int to Python.
        if type(data) is not int:
            self.fail("invalid")
        return data


class LetterOrDigitField(StrictText):
    """A text with at least one letter or digit of any script."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not has_letter_or_digit(text):
            raise serializers.ValidationError(
                said(_("At least one letter or digit is expected.")), code="no_letter_or_digit"
            )
        return text


class BirthDateField(serializers.RegexField):
    """A real date written `DD.MM.YYYY`, not after today in UTC. It stays a text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_DATE, trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        born = parse_birth_date(data) if isinstance(data, str) else None
        if born is None or born > datetime.now(UTC).date():
            self.fail("invalid")
        return super().to_internal_value(data)


class CitizenIdsField(serializers.ListField):
    """Up to `max_length` ids of citizens, none of them twice."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(child=StrictIntegerField(), **options)
        # Not as an option, which would become a validator and a promise about answers: what was stored before there
        # was a limit is given out with more.
        self.max_length: int = max_length

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and len(data) > self.max_length:
            raise serializers.ValidationError(
                said(_("At most %(most)s ids are allowed.") % {"most": self.max_length}), code="too_many"
            )
        ids = super().to_internal_value(data)
        if len(set(ids)) != len(ids):
            raise serializers.ValidationError(said(_("An id occurs more than once.")), code="duplicate")
        return ids


class CitizenIdsSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # registers itself, untyped
    """Says in the OpenAPI document how many ids a body may hold."""

    target_class = CitizenIdsField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Literal["request", "response"]) -> Any:
        # As drf-spectacular's own extensions ask for what would stand there without them.
        map_field: Any = auto_schema._map_serializer_field
        schema = map_field(self.target, direction, bypass_extensions=True)
        return schema | {"maxItems": self.target.max_length} if direction == "request" else schema


def serializer_field(field: Field) -> serializers.Field[Any, Any, Any, Any]:
    """What describes a field of a resident, by the table."""
    options: dict[str, Any] = {"required": field.is_required}
    if field.description:
        options["help_text"] = field.description
    match field.kind:
        case Kind.INTEGER:
            return StrictIntegerField(**options)
        case Kind.TEXT:
            text = LetterOrDigitField if field.needs_letter_or_digit else StrictText
            return text(max_length=field.longest, trim_whitespace=False, **options)
        case Kind.DATE:
            return BirthDateField(**options)
        case Kind.CHOICE:
            return serializers.ChoiceField(choices=field.choices, **options)
        case Kind.IDS:
            return CitizenIdsField(max_length=longest_lists()[field.name], **options)
