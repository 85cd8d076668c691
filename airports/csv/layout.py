"""Which column a cell belongs to."""

from collections.abc import Sequence

from airports.csv.rejections import Rejection
from airports.fields import NAMES
from config.common.tabular.wrong_rows import is_why
from config.common.texts import gettext as _
from config.common.texts import ngettext

ID = "id"

# The name of each cell of a row; None for one that is ignored.
Layout = tuple[str | None, ...]

WITHOUT_ID: Layout = NAMES
WITH_ID: Layout = (None, *NAMES)


class BadHeader(Exception):
    """A header row that does not name the columns. `rejections` names each that is unknown, repeated or missing."""

    def __init__(self, rejections: Sequence[Rejection]) -> None:
        wrong = ngettext("%(count)s column is wrong.", "%(count)s columns are wrong.", len(rejections))
        super().__init__(wrong % {"count": len(rejections)})
        self.rejections = list(rejections)


def fits(cells: Sequence[str]) -> float:
    """How much the cells look like a first row: by the names of columns in them, or by their number."""
    return max(sum(name in _KNOWN for name in _names(cells)), 2 * (row_layout(cells) is not None))


def is_header(cells: Sequence[str]) -> bool:
    """Whether at least half of the cells are names of columns, in any case."""
    return 2 * sum(name in _KNOWN for name in _names(cells)) >= len(cells)


def header_layout(cells: Sequence[str], *, line: int) -> Layout:
    """The layout that a header row gives. Raises `BadHeader`."""
    names = _names(without_blank_end(cells, 0))
    unknown = [
        name[:_SHOWN_CHARACTERS] or _("column %(number)s") % {"number": number}
        for number, name in enumerate(names, start=1)
        if name not in _KNOWN and not is_why(name)
    ]
    repeated = [name for name in dict.fromkeys(names) if name in _KNOWN and names.count(name) > 1]
    missing = [name for name in NAMES if name not in names]
    wrong = [
        *(_wrong(line, name, "unknown_column", _("There is no such column.")) for name in unknown),
        *(_wrong(line, name, "repeated_column", _("This column stands there more than once.")) for name in repeated),
        *(_wrong(line, name, "missing_column", _("This column is missing.")) for name in missing),
    ]
    if wrong:
        raise BadHeader(wrong)
    return tuple(name if name in NAMES else None for name in names)


def without_blank_end(cells: Sequence[str], width: int) -> Sequence[str]:
    """The cells without empty ones at the end, where there are more than `width`: a delimiter may end each row."""
    end = len(cells)
    while end > width and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def row_layout(cells: Sequence[str]) -> Layout | None:
    """The layout of a file without a header whose first row is this; None where it is neither."""
    if len(without_blank_end(cells, len(WITHOUT_ID))) == len(WITHOUT_ID):
        return WITHOUT_ID
    cells = without_blank_end(cells, len(WITH_ID))
    # A comma too many must not pass for an id, which would shift every cell.
    return WITH_ID if len(cells) == len(WITH_ID) and cells[0].strip().isdecimal() else None


_KNOWN = frozenset({ID, *NAMES})
_SHOWN_CHARACTERS = 40


def _names(cells: Sequence[str]) -> list[str]:
    return [cell.strip().lower() for cell in cells]


def _wrong(line: int, name: str, code: str, text: str) -> Rejection:
    return Rejection(line, name, code, text)
