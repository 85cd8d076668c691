"""The first rows of a table, as they stand there: for whoever says what its columns are."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

from imports.documents import cells
from imports.documents.csv_table import CsvReader
from imports.documents.formats import Format
from imports.documents.headers import names_in
from imports.documents.options import TableOptions
from imports.documents.rules import Rules


class Head(NamedTuple):
    """The names in the first row that is not blank, without those at its end that are none, and the cells of the next
    ones. `delimiter` is what stands between them in a CSV, an empty text in a workbook."""

    names: list[str]
    rows: list[list[Any]]
    delimiter: str


def read_head(chunks: Iterable[bytes], *, format: Format, options: TableOptions, rules: Rules, rows: int) -> Head:
    """The header and up to `rows` rows. Raises as the format's reader for what is no such table."""
    reader = format.rows([], rules=rules, options=options)
    found = list(islice(_filled(reader, chunks, options), rows + 1))
    delimiter = reader.delimiter if isinstance(reader, CsvReader) else ""
    return Head(names_in(found[0]) if found else [], found[1:], delimiter)


def _filled(reader: Any, chunks: Iterable[bytes], options: TableOptions) -> Iterator[list[Any]]:
    rows = chain.from_iterable(piece.rows for piece in reader.pieces(chunks, options))
    return (list(row) for row in rows if not all(map(cells.is_blank, row)))
