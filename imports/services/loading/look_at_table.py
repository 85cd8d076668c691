"""Looks at the first rows of a received table, as they would be read: for whoever says what its columns are."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from config.common.tabular.encodings import SAMPLE_BYTES, encoding_called
from config.common.tabular.read_workbook import Workbook, cell_text
from config.common.tabular.wrong_rows import printable
from config.common.texts import spoken
from config.common.wizard.services.columns import known_columns
from imports.documents.formats import FORMATS, XLSX
from imports.documents.headers import guessed_columns
from imports.documents.heads import Head, head_of, read_head
from imports.documents.judge import judged
from imports.documents.options import TableOptions
from imports.documents.stream import Reader
from imports.documents.workbook_table import pieces_of
from imports.models import Import
from imports.services.document_rules import rules_on
from imports.services.loading.examine_rows import WrongRow
from imports.services.loading.unpack_body import stored_body
from imports.services.loading.wrong_rows import placed, shown_row

KIND = "residents"
ROWS = 10


@dataclass(frozen=True, slots=True)
class Look:
    """The names of the columns and the texts of the first rows; the delimiter of a CSV, and its encoding in words;
    `guess` are the fields of the columns, `is_known` where somebody said them of the last such file."""

    names: list[str]
    rows: list[list[str]]
    delimiter: str
    encoding: str
    guess: list[str]
    is_known: bool


class TableFile:
    """The file of a received table. However much is asked of it, its body is read once, and so is each of its sheets:
    a workbook of many rows takes a second. Raises `InvalidInput`, `TooLarge` for what is no such table."""

    def __init__(self, found: Import) -> None:
        self._found, self._format = found, FORMATS[found.media_type]
        self._rules = rules_on(found.created_at.date())
        self._heads = dict[TableOptions, Head]()
        self._book = Workbook(b"".join(stored_body(found))) if self._format is XLSX else None

    @property
    def sheets(self) -> list[str]:
        """What the sheets of a workbook are called; of a CSV nothing."""
        return self._book.sheets if self._book else []

    def look(self, options: TableOptions) -> Look:
        """The first rows as they stand there."""
        head = self._head(options)
        known = known_columns(kind=KIND, source=self._found.source, names=head.names)
        encoding = encoding_called(_sample(self._found), options.encoding) if head.delimiter else ""
        rows = [[printable(cell_text(cell)) for cell in row] for row in head.rows]
        return Look(head.names, rows, head.delimiter, encoding, known or guessed_columns(head.names), known is not None)

    def preview(self, options: TableOptions) -> list[dict[str, Any]]:
        """The first rows as they would be read with the columns of `options`, each as `wrong_rows` shows it, in the
        language that is active."""
        pieces = self._head(options).pieces
        reader: Reader[Any] = self._format.rows(
            [], rules=self._rules, options=options._replace(letters=""), pieces=pieces
        )
        first = islice(judged(reader), ROWS)
        rows = (WrongRow(one.original, reader.cells(one.original), one.faults) for one in first)
        return placed(spoken([shown_row(row, reader) for row in rows]))

    def _head(self, options: TableOptions) -> Head:
        options = options._replace(columns=())
        if options not in self._heads:
            self._heads[options] = self._read(options)
        return self._heads[options]

    def _read(self, options: TableOptions) -> Head:
        if self._book:
            return head_of(pieces_of(self._book.rows(options.sheet)), rows=ROWS)
        body = stored_body(self._found)
        return read_head(body, format=self._format, options=options, rules=self._rules, rows=ROWS)


def _sample(found: Import) -> bytes:
    sample = b""
    for chunk in stored_body(found):
        sample += chunk
        if len(sample) >= SAMPLE_BYTES:
            break
    return sample[:SAMPLE_BYTES]
