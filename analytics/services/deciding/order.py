"""Puts rows of decisions in the order that is asked for."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

RowT = TypeVar("RowT")


def ordered(
    rows: Iterable[tuple[bool, RowT]], ordering: Sequence[str], *, value: Callable[[RowT, str], str | int | None]
) -> list[RowT]:
    """Sorts rows by the names in `ordering`, `-` before one for descending, those that are equal as they come.

    Beside each row stands whether small segments are merged in it: such rows come last in every order. None comes
    before all texts.
    """
    found = list(rows)
    for name in reversed(ordering):
        key = name.removeprefix("-")
        found.sort(key=lambda row: _comparable(value(row[1], key)), reverse=name.startswith("-"))
    return [row for _, row in sorted(found, key=lambda row: row[0])]


def _comparable(value: str | int | None) -> tuple[bool, str | int]:
    return (False, "") if value is None else (True, value)
