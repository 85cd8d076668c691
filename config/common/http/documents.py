"""JSON bodies that hold one object: read, checked field by field, every offending value found in one pass."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from config.common.problems import FieldError, InvalidInput
from config.common.texts import gettext as _

_MAX_KEY_LENGTH = 100


class StrictText(serializers.CharField):
    """A text as it is sent: no number is taken for one."""

    default_error_messages = {"invalid_type": gettext_lazy("A text is expected.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_type")
        return str(super().to_internal_value(data))


class StrictInteger(serializers.IntegerField):
    """A whole number as it is sent: no text is taken for one."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str | bool):
            self.fail("invalid")
        return super().to_internal_value(data)


def read_object(body: bytes) -> dict[str, object]:
    """The JSON object in `body`; of a repeated key the last value. Raises `InvalidInput`."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _malformed("malformed_json", _("One JSON document in UTF-8 is expected.")) from None
    except RecursionError:
        raise _malformed("too_deep", _("Nested too deeply.")) from None
    if not isinstance(document, dict):
        raise _malformed("invalid_type", _("An object is expected."))
    return document


def read_values(
    document: Mapping[str, object], declared: type[serializers.Serializer[Any]], *, complete: bool
) -> dict[str, Any]:
    """What `document` says of the fields of `declared`; all that are required where it is to be `complete`.

    Read-only fields are ignored, so that what a GET returned can be sent back. Raises `InvalidInput` with every
    offending value, also for no field at all.
    """
    fields = declared().fields
    given = {key: value for key, value in document.items() if key not in fields or not fields[key].read_only}
    errors = [
        FieldError(pointer_to(key), "unknown_field", _("There is no such field.")) for key in given if key not in fields
    ]
    if not given and not complete:
        errors.append(FieldError("", "required", _("At least one field is expected.")))
    serializer = declared(data=given, partial=not complete)
    if not serializer.is_valid():
        errors += _errors(serializer.errors, [])
    if errors:
        raise InvalidInput(_("The body is not valid. Nothing was stored."), errors=errors)
    return dict(serializer.validated_data)


def _errors(found: Any, path: list[str]) -> Iterator[FieldError]:
    if isinstance(found, Mapping):
        for key, inner in found.items():
            yield from _errors(inner, [*path, str(key)])
        return
    for problem in found:
        yield FieldError(pointer_to(*path), str(problem.code), str(problem))


def pointer_to(*keys: str) -> str:
    """The JSON Pointer (RFC 6901) of what stands under these keys; long ones are cut."""
    return "".join("/" + key[:_MAX_KEY_LENGTH].replace("~", "~0").replace("/", "~1") for key in keys)


def _malformed(code: str, detail: str) -> InvalidInput:
    return InvalidInput(_("The body is not valid."), errors=[FieldError("", code, detail)])
