"""Which column a cell belongs to."""

from collections.abc import Sequence

from airports.csv.rejections import Rejection
from airports.fields import NAMES

ID = "id"

# The name of each cell of a row; None for one that is ignored.
Layout = tuple[str | None, ...]

WITHOUT_ID: Layout = NAMES
WITH_ID: Layout = (None, *NAMES)


class BadHeader(Exception):
    """A header row that does not name the columns. `rejections` names each that is unknown, repeated or missing."""

    def __init__(self, rejections: Sequence[Rejection]) -> None:
        super().__init__(f"{len(rejections)} columns are wrong.")
        self.rejections = list(rejections)


def is_header(cells: Sequence[str]) -> bool:
    """Whether at least half of the cells are names of columns, in any case."""
    return 2 * sum(name in _KNOWN for name in _names(cells)) >= len(cells)


def header_layout(cells: Sequence[str], *, line: int) -> Layout:
    """The layout that a header row gives. Raises `BadHeader`."""
    names = _names(cells)
    wrong = [
        *(_wrong(line, name, "unknown_column", "There is no such column.") for name in names if name not in _KNOWN),
        *(
            _wrong(line, name, "repeated_column", "This column stands there more than once.")
            for name in dict.fromkeys(names)
            if name in _KNOWN and names.count(name) > 1
        ),
        *(_wrong(line, name, "missing_column", "This column is missing.") for name in NAMES if name not in names),
    ]
    if wrong:
        raise BadHeader(wrong)
    return tuple(None if name == ID else name for name in names)


def row_layout(cells: Sequence[str]) -> Layout | None:
    """The layout of a file without a header whose first row is this; None where it is neither."""
    if len(cells) == len(WITHOUT_ID):
        return WITHOUT_ID
    # A comma too many must not pass for an id, which would shift every cell.
    return WITH_ID if len(cells) == len(WITH_ID) and cells[0].strip().isdecimal() else None


_KNOWN = frozenset({ID, *NAMES})
_SHOWN_CHARACTERS = 40


def _names(cells: Sequence[str]) -> list[str]:
    return [cell.strip().lower() for cell in cells]


def _wrong(line: int, name: str, code: str, detail: str) -> Rejection:
    return Rejection(line, name[:_SHOWN_CHARACTERS], code, detail)
