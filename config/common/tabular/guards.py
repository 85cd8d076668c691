"""Cells that a spreadsheet would run: an apostrophe leads them in a CSV, and is taken off again when one is read."""

import re

# What the cells begin with that need a closer look.
SUSPECT = frozenset("'=+@\t\r-")
# What a text begins with that a spreadsheet runs, or that looks guarded; PostgreSQL understands it too.
RUNNABLE = r"'*[=+@\t\r-]"
_RUNNABLE = re.compile(RUNNABLE)
_GUARDED = re.compile(r"'+[=+@\t\r-]")


def guarded(text: str) -> str:
    """`text` as a cell that no spreadsheet runs. One that looks guarded already gets another apostrophe."""
    return f"'{text}" if _RUNNABLE.match(text) else text


def unguarded(cell: str) -> str:
    """The text of a cell; the inverse of `guarded`."""
    return cell[1:] if _GUARDED.match(cell) else cell
