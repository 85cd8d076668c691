"""JSON bodies that hold an airport: read, checked field by field, every offending value found in one pass."""

from collections.abc import Collection, Mapping

from airports.fields import FIELDS, InvalidValue, Value, parse_json
from config.common.http.documents import pointer_to
from config.common.http.paths import path_id
from config.common.problems import FieldError, InvalidInput
from config.common.texts import gettext as _

# Ignored, so that what a GET returned can be sent back.
READ_ONLY = ("id", "is_deleted", "deleted_at", "created_at", "updated_at", "version", "distance")


def read_airport(document: Mapping[str, object]) -> dict[str, Value]:
    """All the fields of an airport; what `document` does not name is None. Raises `InvalidInput`."""
    given, errors = _read(document)
    errors += [
        FieldError(f"/{name}", "required", _("A value is expected."))
        for name, field in FIELDS.items()
        if field.required and name not in document
    ]
    _refuse_if_any(errors)
    return dict.fromkeys(FIELDS) | given


def read_changes(document: Mapping[str, object], *, besides: Collection[str] = ()) -> dict[str, Value]:
    """The fields to change, at least one; `besides` are keys that the caller reads. Raises `InvalidInput`."""
    given, errors = _read({key: value for key, value in document.items() if key not in besides})
    if not given and not errors:
        errors = [FieldError("", "required", _("At least one field is expected."))]
    _refuse_if_any(errors)
    return given


def read_id(document: Mapping[str, object]) -> int:
    """The `id` in `document`. Raises `InvalidInput` where there is none, `NotFound` for what can be no id."""
    if "id" not in document:
        raise _no_id("required", _("A value is expected."))
    number = document["id"]
    if isinstance(number, bool) or not isinstance(number, int):
        raise _no_id("invalid_type", _("An integer is expected."))
    return path_id(str(number))


def _no_id(code: str, detail: str) -> InvalidInput:
    return InvalidInput(_("The body is not valid."), errors=[FieldError("/id", code, detail)])


def _read(document: Mapping[str, object]) -> tuple[dict[str, Value], list[FieldError]]:
    values: dict[str, Value] = {}
    errors = []
    for key, value in document.items():
        if key in READ_ONLY:
            continue
        try:
            values[key] = _value(key, value)
        except InvalidValue as error:
            errors.append(FieldError(pointer_to(key), error.code, error.text))
    return values, errors


def _value(key: str, value: object) -> Value:
    if key not in FIELDS:
        raise InvalidValue("unknown_field", _("There is no such field."))
    return parse_json(key, value)


def _refuse_if_any(errors: list[FieldError]) -> None:
    if errors:
        raise InvalidInput(_("The airport is not valid. Nothing was stored."), errors=errors)
