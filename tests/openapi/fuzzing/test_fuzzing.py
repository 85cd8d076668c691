"""Every operation of the OpenAPI document, tried by Schemathesis against a real server.

What it sends is made from the document: valid bodies and queries, and ones that are wrong in one place. No answer may
be a 5xx, and each must be one that the document names: its status, its type, its headers, the shape of its body.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.common.http.site import openapi_document
from imports.documents.formats import XLSX
from tests.common.helpers import existing_objects
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = 15
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Which of the objects that exist each part of a path stands for.
PLACES = {
    "import_id": "id", "citizen_id": "citizen", "airport_id": "airport", "create_id": "create", "token": "token",
}  # fmt: skip


@schemathesis.serializer("application/x-ndjson")
def as_a_line(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """A body of one line."""
    return value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n"


@schemathesis.serializer(XLSX.media_type)
def as_bytes(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """A body that is hardly ever a workbook."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


schema = schemathesis.openapi.from_dict(openapi_document())
Case = schemathesis.Case


@schema.parametrize()
@seed(20261121)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_each_answer_is_one_that_the_document_names(
    case: Case[Any], server: Server, known: dict[str, Any], token: str
) -> None:
    for name in set(case.path_parameters) & set(PLACES):
        # Of the objects that a caller asks for most do not exist; what lies behind is to be tried too.
        if hash_of(case.path_parameters[name]) % 4:
            case.path_parameters[name] = known[PLACES[name]]
    response = case.call(base_url=server.url, headers={"Authorization": f"Token {token}"})
    case.validate_response(response, checks=CHECKS)


def hash_of(value: Any) -> int:
    """A number that is the same in every process."""
    return sum(str(value).encode("utf-8", "replace"))


@pytest.fixture
def token(token_of: Callable[[str], str]) -> str:
    """A manager's."""
    return token_of("Managers")


@pytest.fixture
def known() -> dict[str, Any]:
    """Objects that exist."""
    return existing_objects()
