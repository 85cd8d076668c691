"""What stands between the cells of a row."""

import csv
from collections.abc import Callable, Mapping
from types import MappingProxyType

COMMA = ","
# By the names that callers may use instead of the character.
DELIMITERS: Mapping[str, str] = MappingProxyType({"comma": COMMA, "semicolon": ";", "tab": "\t"})


def delimiter_of(row: str, fits: Callable[[list[str]], float]) -> str:
    """The delimiter by which the cells of `row`, the first of a file, fit best; of several the one with most cells."""
    cells = {delimiter: _cells(row, delimiter) for delimiter in DELIMITERS.values()}
    return max(cells, key=lambda delimiter: (fits(cells[delimiter]), len(cells[delimiter])))


def _cells(row: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([row], delimiter=delimiter), [])
    except csv.Error:
        return []
