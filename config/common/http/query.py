"""Query parameters: every one is declared, checked, and described in the OpenAPI document."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from rest_framework.exceptions import ErrorDetail
from rest_framework.serializers import ListField, Serializer

from config.common.problems import FieldError, InvalidInput
from config.common.texts import gettext as _

MARK = "bom"
RENDERING = frozenset({"format", MARK})


def read_query(params: QueryDict, declared: type[Serializer[Any]] | None) -> dict[str, Any]:
    """The validated parameters of `declared`. One that is a list there may be repeated, once for each value.

    Raises `InvalidInput` that lists every unknown, repeated or invalid parameter.
    """
    fields = declared().fields if declared else {}
    lists = {name for name, field in fields.items() if isinstance(field, ListField)}
    data = {name: params.getlist(name) if name in lists else params[name] for name in params}
    serializer = declared(data=data) if declared else None
    known = set(fields)
    errors = [
        FieldError(f"?{name}", "unknown_parameter", _("There is no such parameter here."))
        for name in params
        if name not in known | RENDERING
    ]
    errors += [
        FieldError(f"?{name}", "repeated_parameter", _("Give this parameter once."))
        for name, values in params.lists()
        if name in (known - lists) | RENDERING and len(values) > 1
    ]
    if params.get(MARK, "false") not in {"true", "false"}:
        errors.append(FieldError(f"?{MARK}", "invalid", _("Either true or false is expected.")))
    if serializer and not serializer.is_valid():
        errors += [
            FieldError(f"?{name}", str(problem.code), str(problem))
            for name, problems in serializer.errors.items()
            for problem in _flat(problems)
        ]
    if errors:
        raise InvalidInput(_("The query is not valid."), errors=errors)
    return dict(serializer.validated_data) if serializer else {}


def wants_mark(params: QueryDict) -> bool:
    """Whether a CSV is to begin with a byte order mark."""
    return params.get(MARK) == "true"


def _flat(problems: Any) -> Iterator[ErrorDetail]:
    """The problems of a parameter; those of a list come by the position of the value."""
    for problem in problems.values() if isinstance(problems, dict) else problems:
        if isinstance(problem, ErrorDetail):
            yield problem
        else:
            yield from _flat(problem)
