"""Documents to try: one valid resident, and ways to spoil it."""

import json
from datetime import date
from typing import Any

from imports.documents.errors import InvalidDocument
from imports.documents.reader import read_document
from imports.documents.rules import Rules

TODAY = date(2026, 11, 21)
RULES = Rules(today=TODAY, longest={"relatives": 1_000, "friends": 1_000})


def citizen(citizen_id: Any = 1, **changes: Any) -> dict[str, Any]:
    """A valid resident without relations, with `changes`."""
    valid: dict[str, Any] = {
        "citizen_id": citizen_id,
        "town": "Москва",
        "street": "Льва Толстого",
        "building": "16к7стр5",
        "apartment": 7,
        "name": "Иванов Иван Иванович",
        "birth_date": "26.12.1986",
        "gender": "male",
        "relatives": [],
    }
    return valid | changes


def without(field: str) -> dict[str, Any]:
    """A resident that lacks `field`."""
    return {name: value for name, value in citizen().items() if name != field}


def document(*citizens: Any) -> bytes:
    """The body of a delivery."""
    return json.dumps({"citizens": citizens}).encode()


def refused(body: bytes, *, max_citizens: int = 10_000) -> list[tuple[str, str]]:
    """Pointer and code of each error of a body that must be refused."""
    try:
        read_document(body, max_citizens=max_citizens, rules=RULES)
    except InvalidDocument as refusal:
        return [(error.pointer, error.code) for error in refusal.errors]
    raise AssertionError("the document was accepted")
