"""The way in: bytes of a request to residents, or to everything that is wrong with them."""

from config.common.texts import gettext as _
from imports.documents import quick
from imports.documents.checks import field_checks
from imports.documents.codes import Code
from imports.documents.errors import DocumentTooLarge, ErrorCollector
from imports.documents.exhaustive import add_unknown_fields, read_exhaustively
from imports.documents.json_text import load_json
from imports.documents.relations import check_disjoint
from imports.documents.rules import Rules
from imports.documents.structs import Resident
from imports.fields import Patch


def read_document(body: bytes, *, max_citizens: int, rules: Rules) -> list[Resident]:
    """The residents of `{"citizens": […]}`, in its order.

    Raises `InvalidDocument` with every offending value, `DocumentTooLarge` for
    more than `max_citizens` residents.
    """
    citizens = quick.decode(body)
    if citizens is not None and len(citizens) > max_citizens:
        raise DocumentTooLarge(citizens=len(citizens), limit=max_citizens)
    if citizens is not None and quick.is_valid(citizens, raw=body, rules=rules):
        return citizens
    return read_exhaustively(body, max_citizens=max_citizens, rules=rules)


def read_patch(body: bytes, *, rules: Rules) -> Patch:
    """The fields to change of one resident.

    Whether the relatives and friends exist is not known here. Raises
    `InvalidDocument` with every offending value.
    """
    errors = ErrorCollector()
    value = load_json(body)
    patch: Patch = value if isinstance(value, dict) else {}
    if patch is value:
        check_patch(patch, rules, errors)
    else:
        errors.add("", Code.INVALID_TYPE, _("An object is expected."))
    errors.raise_if_any()
    check_disjoint(set(patch.get("relatives", ())), patch.get("friends", []), "", errors)
    errors.raise_if_any()
    return patch


def check_patch(value: Patch, rules: Rules, errors: ErrorCollector) -> None:
    """Adds every error of a patch."""
    checks = field_checks(rules) | {"citizen_id": refuse_change}
    if not value:
        errors.add("", Code.REQUIRED, _("At least one field is expected."))
    for name, check in checks.items():
        if name in value:
            check(value[name], f"/{name}", errors)
    add_unknown_fields(value, checks.keys(), "", errors)


def refuse_change(_value: object, pointer: str, errors: ErrorCollector) -> None:
    """The check of a field that cannot be changed, whatever its value."""
    errors.add(pointer, Code.READ_ONLY, _("This field cannot be changed."))
