"""Wrong rows as a table to mend: the columns of their file, and one that says why."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from config.common.texts import gettext as _
from config.common.texts import said, stored

# Whatever reads a table passes over a column of this name.
WHY = "What is wrong"
# On a page there are so many rows, so many of the reasons, and so much of each cell.
SHOWN_ROWS, SHOWN_REASONS = 50, 20
_SHOWN_CHARACTERS = 200
# What Excel takes; a longer text would make it call the whole workbook damaged.
LONGEST_CELL = 32_767


def is_why(name: str) -> bool:
    """Whether a column is the one that says what was wrong, whoever typed its name again."""
    return " ".join(name.split()).casefold() == WHY.casefold()


def header_of(columns: Sequence[str]) -> list[str]:
    """The header of the table for a file with these columns."""
    return [*(name for name in columns if not is_why(name)), WHY]


def with_reasons(columns: Sequence[str], rows: Iterable[tuple[Sequence[str], str]]) -> Iterator[list[str]]:
    """The rows under that header, of each row's cells and what is wrong with it. What stands beyond the columns stands
    in the reason."""
    places = [place for place, name in enumerate(columns) if not is_why(name)]
    for cells, why in rows:
        beyond = [cell for cell in cells[len(columns) :] if cell.strip()]
        if beyond:
            why = said(_("%(why)s Beyond the columns: %(cells)s") % {"why": why, "cells": " | ".join(beyond)})
        yield [*(_cell(cells[place] if place < len(cells) else "") for place in places), _cell(why)]


def _cell(text: str) -> str:
    # With the sign at its end a list that is cut off is not taken for a shorter one.
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def row_on_page(*, cells: Sequence[str], width: int, marked: Iterable[int], why: Iterable[str]) -> dict[str, Any]:
    """A row of `width` columns for a page, as JSON for `spoken`: its cells, the positions of those that are marked, and
    why. One that cannot be read is a single text."""
    texts = [shown(cell) for cell in cells[: max(width, 1)]]
    texts += [""] * (width - len(texts))
    return {"cells": texts, "marked": sorted(marked), "why": list(map(stored, why))}


def printable(text: str) -> str:
    """The text as a page and the database can have it: without NUL and what is left of bytes that were no text."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{SYMBOL FOR NULL}")


def shown(text: str) -> str:
    """A text for a page and for jsonb, cut where it is long."""
    text = printable(text)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
