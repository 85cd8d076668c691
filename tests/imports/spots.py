"""Where errors of lines are, in short."""

import re
from collections.abc import Iterable
from typing import Any

from config.common.problems import FieldError

_FIELD = re.compile(r"([a-z_]+(?:/\d+)?)(?: \([^)]*\))?: ")


def spots(errors: Iterable[FieldError]) -> list[tuple[str, str]]:
    """`("line 17/town", code)` of each error at `line 17` whose detail begins with `town: `."""
    return [(_spot(error.pointer, error.detail), error.code) for error in errors]


def spots_of(answer: Any) -> list[tuple[str, str]]:
    """The same of the problem details of an answer."""
    return spots(FieldError.from_stored(error) for error in answer.json()["errors"])


def _spot(pointer: str, detail: str) -> str:
    field = _FIELD.match(detail) if pointer.startswith(("line ", "row ")) else None
    return f"{pointer}/{field[1]}" if field else pointer
