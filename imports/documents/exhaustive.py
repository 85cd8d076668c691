"""The validator that finds every offending value. It runs when the quick one refused."""

from collections.abc import Collection, Mapping

import msgspec

from config.common.texts import gettext as _
from imports.documents.checks import Check, check_first, field_checks, is_integer
from imports.documents.codes import Code
from imports.documents.errors import DocumentTooLarge, ErrorCollector, join_pointer
from imports.documents.json_text import load_json
from imports.documents.relations import check_relations
from imports.documents.rules import Rules
from imports.documents.structs import Resident
from imports.fields import FIELDS


def read_exhaustively(body: bytes, *, max_citizens: int, rules: Rules) -> list[Resident]:
    """The residents of a document.

    Raises `InvalidDocument` with all errors, `DocumentTooLarge` for more than
    `max_citizens` residents.
    """
    errors = ErrorCollector()
    values = citizens_of(load_json(body), errors)
    if len(values) > max_citizens:
        raise DocumentTooLarge(citizens=len(values), limit=max_citizens)
    check_each(values, rules, errors)
    errors.raise_if_any()
    citizens = msgspec.convert(values, list[Resident])
    check_relations(citizens, errors)
    errors.raise_if_any()
    return citizens


def citizens_of(document: object, errors: ErrorCollector) -> list[object]:
    """The list under `citizens`, empty where there is none; adds the errors around it."""
    if not isinstance(document, dict):
        errors.add("", Code.INVALID_TYPE, _("An object is expected."))
        return []
    add_unknown_fields(document, {"citizens"}, "", errors)
    if "citizens" not in document:
        errors.add("/citizens", Code.REQUIRED, _("This field is required."))
        return []
    citizens = document["citizens"]
    if isinstance(citizens, list):
        return citizens
    errors.add("/citizens", Code.INVALID_TYPE, _("A list of citizens is expected."))
    return []


def check_each(values: list[object], rules: Rules, errors: ErrorCollector) -> None:
    """Each resident by itself, and that no two have one id."""
    checks = field_checks(rules)
    seen: set[int] = set()
    for index, value in enumerate(values):
        check_citizen(value, f"/citizens/{index}", checks, errors)
        citizen_id = value.get("citizen_id") if isinstance(value, dict) else None
        if is_integer(citizen_id):
            check_first(citizen_id, seen, f"/citizens/{index}/citizen_id", errors)


def check_citizen(value: object, pointer: str, checks: Mapping[str, Check], errors: ErrorCollector) -> None:
    """One resident by itself. `pointer` leads to it: `/citizens/3`, or `line 17` of a stream."""
    if not isinstance(value, dict):
        errors.add(pointer, Code.INVALID_TYPE, _("An object is expected."))
        return
    for name, check in checks.items():
        if name in value:
            check(value[name], f"{pointer}/{name}", errors)
        elif FIELDS[name].is_required:
            errors.add(f"{pointer}/{name}", Code.REQUIRED, _("This field is required."))
    add_unknown_fields(value, checks.keys(), pointer, errors)


def add_unknown_fields(
    value: Mapping[str, object], known: Collection[str], pointer: str, errors: ErrorCollector
) -> None:
    """An error for each key of `value` that is not `known`."""
    for key in value:
        if key not in known:
            errors.add(join_pointer(pointer, key), Code.UNKNOWN_FIELD, _("There is no such field."))
