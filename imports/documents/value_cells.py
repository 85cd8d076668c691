"""Residents that came as JSON, as the cells of a table: what can be wrong with them is not lost."""

import json

from config.common.problems import InvalidInput
from imports.documents.json_text import load_json
from imports.fields import NAMES


def cells_of_line(raw: bytes | None) -> list[str]:
    """The cells of a line of NDJSON; what is no object is one text."""
    if raw is None:
        return []
    try:
        return cells_of(load_json(raw))
    except InvalidInput:
        return [raw.decode("utf-8", "backslashreplace")]


def cells_of(value: object) -> list[str]:
    """The cells of one resident, in the order of the fields."""
    return (
        [_cell(value[name]) if name in value else "" for name in NAMES] if isinstance(value, dict) else [_cell(value)]
    )


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list) and all(type(one) in (int, str) for one in value):
        return " ".join(_cell(one) for one in value)
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
