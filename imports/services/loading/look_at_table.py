"""Looks at the first rows of a received table, as they would be read: for whoever says what its columns are."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from config.common.tabular.encodings import SAMPLE_BYTES, encoding_called
from config.common.tabular.read_workbook import cell_text, sheet_names
from config.common.tabular.wrong_rows import printable
from config.common.texts import spoken
from config.common.wizard.services.columns import known_columns
from imports.documents.formats import FORMATS
from imports.documents.headers import guessed_columns
from imports.documents.heads import read_head
from imports.documents.judge import judged
from imports.documents.options import TableOptions
from imports.models import Import
from imports.services.document_rules import rules_on
from imports.services.loading.examine_rows import WrongRow, reader_of
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


def sheets_of(found: Import) -> list[str]:
    """What the sheets of a workbook are called. Raises `InvalidInput`, `TooLarge`."""
    return sheet_names(b"".join(stored_body(found)))


def look_at_table(found: Import, options: TableOptions) -> Look:
    """Raises `InvalidInput`, `TooLarge` for what is no such table."""
    format = FORMATS[found.media_type]
    rules = rules_on(found.created_at.date())
    head = read_head(stored_body(found), format=format, options=options, rules=rules, rows=ROWS)
    known = known_columns(kind=KIND, source=found.source, names=head.names)
    encoding = encoding_called(_sample(found), options.encoding) if head.delimiter else ""
    rows = [[printable(cell_text(cell)) for cell in row] for row in head.rows]
    return Look(head.names, rows, head.delimiter, encoding, known or guessed_columns(head.names), known is not None)


def preview_rows(found: Import, options: TableOptions) -> list[dict[str, Any]]:
    """The first rows as they would be read with the columns of `options`, each as `wrong_rows` shows it, in the
    language that is active. Raises as `look_at_table`."""
    reader = reader_of(found, options=options)
    first = islice(judged(reader), ROWS)
    rows = (WrongRow(one.original, reader.cells(one.original), one.faults) for one in first)
    return placed(spoken([shown_row(row, reader) for row in rows]))


def _sample(found: Import) -> bytes:
    sample = b""
    for chunk in stored_body(found):
        sample += chunk
        if len(sample) >= SAMPLE_BYTES:
            break
    return sample[:SAMPLE_BYTES]
