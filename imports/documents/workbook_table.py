"""Residents as an Excel workbook, which is read as a whole."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from config.common.tabular.read_workbook import sheet_rows
from config.common.tabular.workbook import MAX_ROWS, unescaped
from imports.documents import cells
from imports.documents.options import TableOptions
from imports.documents.table import ROWS_AT_ONCE, Piece, Row, TableReader
from imports.fields import Kind


class WorkbookReader(TableReader):
    """Reads the first sheet, or the one that is named. Formulas count as their stored values."""

    unit = "row"
    most_rows = MAX_ROWS

    def pieces(self, chunks: Iterable[bytes], options: TableOptions) -> Iterator[Piece]:
        return pieces_of(sheet_rows(b"".join(chunks), options.sheet))

    def texts(self, kind: Kind, column: Sequence[Any]) -> Sequence[str]:
        texts = cells.as_texts(kind, column)
        return list(map(unescaped, texts)) if "_xFFF" in "".join(texts) else texts


def pieces_of(rows: Iterator[Row]) -> Iterator[Piece]:
    """The rows of a sheet, from its first one on, as a reader takes them."""
    first = 1
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield Piece(range(first, first + len(some)), some)
        first += len(some)
