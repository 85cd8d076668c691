"""Wrong rows as a table to mend: the columns of their file, and one that says why."""

from collections.abc import Iterable, Iterator, Sequence

# Whatever reads a table passes over a column of this name.
WHY = "What is wrong"
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
        why = f"{why} Beyond the columns: {' | '.join(beyond)}" if beyond else why
        yield [*(_cell(cells[place] if place < len(cells) else "") for place in places), _cell(why)]


def _cell(text: str) -> str:
    # With the sign at its end a list that is cut off is not taken for a shorter one.
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
