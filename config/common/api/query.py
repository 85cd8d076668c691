"""Query parameters: every one is declared, checked, and described in the OpenAPI document."""

from typing import Any

from django.http import QueryDict
from rest_framework.serializers import Serializer

from config.common.problems import FieldError, InvalidInput

RENDERING = frozenset({"format"})


def read_query(params: QueryDict, declared: type[Serializer[Any]] | None) -> dict[str, Any]:
    """The validated parameters of `declared`.

    Raises `InvalidInput` that lists every unknown, repeated or invalid parameter.
    """
    serializer = declared(data={name: params[name] for name in params}) if declared else None
    known = set(serializer.fields) if serializer else set()
    errors = [
        FieldError(f"?{name}", "unknown_parameter", "There is no such parameter here.")
        for name in params
        if name not in known | RENDERING
    ]
    errors += [
        FieldError(f"?{name}", "repeated_parameter", "Give this parameter once.")
        for name, values in params.lists()
        if name in known | RENDERING and len(values) > 1
    ]
    if serializer and not serializer.is_valid():
        errors += [
            FieldError(f"?{name}", str(problem.code), str(problem))
            for name, problems in serializer.errors.items()
            for problem in problems
        ]
    if errors:
        raise InvalidInput("The query is not valid.", errors=errors)
    return dict(serializer.validated_data) if serializer else {}
