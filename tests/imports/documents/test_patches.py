"""The body of a correction."""

import json
from typing import Any

import pytest

from imports.documents.errors import InvalidDocument
from imports.documents.reader import read_patch
from tests.imports.documents.builders import RULES, citizen


def refused_patch(body: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDocument) as refusal:
        read_patch(body, rules=RULES)
    return [(error.pointer, error.code) for error in refusal.value.errors]


def test_absent_fields_stay_unset() -> None:
    patch = read_patch(b'{"town": "Sevilla", "relatives": []}', rules=RULES)
    assert patch == {"town": "Sevilla", "relatives": []}


def test_every_field_but_the_id_can_be_changed() -> None:
    fields: dict[str, Any] = citizen(friends=[2], channel="radio") | {"relatives": [3]}
    del fields["citizen_id"]
    patch = read_patch(json.dumps(fields).encode(), rules=RULES)
    assert patch == fields


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        pytest.param(b"{}", "", "required", id="no field"),
        pytest.param(b"[]", "", "invalid_type", id="a list"),
        pytest.param(b"null", "", "invalid_type", id="null"),
        pytest.param(b"", "", "malformed_json", id="empty"),
        pytest.param(b'{"town": "\xff"}', "", "malformed_json", id="not UTF-8"),
        pytest.param(b'{"apartment": NaN}', "", "malformed_json", id="NaN"),
        pytest.param(b'{"a": ' + b"[" * 100_000, "", "too_deep", id="too deep"),
        pytest.param(b'{"name": "a", "name": 1}', "/name", "invalid_type", id="the last of repeated keys counts"),
        pytest.param(b'{"relatives": [7], "friends": [8, 7]}', "/friends/1", "in_both_lists", id="in both lists"),
    ],
)
def test_a_body_that_is_no_correction_is_refused(body: bytes, pointer: str, code: str) -> None:
    assert refused_patch(body) == [(pointer, code)]


def test_every_offending_value_is_found_in_one_pass() -> None:
    body = b'{"x": 1, "gender": "x", "town": "", "relatives": [1, "1", 1], "citizen_id": 1}'
    assert refused_patch(body) == [
        ("/citizen_id", "read_only"),
        ("/town", "too_short"),
        ("/gender", "invalid_choice"),
        ("/relatives/1", "invalid_type"),
        ("/relatives/2", "duplicate"),
        ("/x", "unknown_field"),
    ]
