"""The first rows of a table, as they stand there: for whoever says what its columns are."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from imports.documents import cells
from imports.documents.csv_table import CsvReader
from imports.documents.formats import Format
from imports.documents.headers import names_in
from imports.documents.options import TableOptions
from imports.documents.rules import Rules
from imports.documents.table import Piece


class Head(NamedTuple):
    """The names in the first row that is not blank, without those at its end that are none, and the cells of the next
    ones. `pieces` are what was read for them, for a reader to go on with. `delimiter` is what stands between them in a
    CSV, an empty text in a workbook."""

    names: list[str]
    rows: list[list[Any]]
    pieces: list[Piece]
    delimiter: str = ""


def read_head(chunks: Iterable[bytes], *, format: Format, options: TableOptions, rules: Rules, rows: int) -> Head:
    """The header and up to `rows` rows. Raises as the format's reader for what is no such table."""
    reader: Any = format.rows([], rules=rules, options=options)
    head = head_of(reader.pieces(chunks, options), rows=rows)
    return head._replace(delimiter=reader.delimiter) if isinstance(reader, CsvReader) else head


def head_of(pieces: Iterable[Piece], *, rows: int) -> Head:
    """As `read_head`, of pieces, of which no more are read than it takes."""
    taken, found = list[Piece](), list[list[Any]]()
    for piece in pieces:
        taken.append(piece)
        found += [list(row) for row in piece.rows if not all(map(cells.is_blank, row))]
        if len(found) > rows:
            break
    return Head(names_in(found[0]) if found else [], found[1 : rows + 1], taken)
