"""Residents as CSV, any number of them, in constant memory."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from config.common.problems import FieldError
from config.common.tabular.delimiters import COMMA, delimiter_of
from config.common.tabular.encodings import guessed_utf8, utf8
from config.common.tabular.guards import unguarded
from config.common.texts import gettext as _
from imports.documents.codes import Code
from imports.documents.errors import InvalidDocument
from imports.documents.headers import known_names
from imports.documents.lines import MAX_LINE_BYTES, Lines, cut_lines
from imports.documents.options import TableOptions
from imports.documents.table import ROWS_AT_ONCE, Piece, TableReader
from imports.fields import Kind

# A first line by which Excel is told, and tells, what stands between the cells.
_SAID = re.compile(r"sep=([,;\t])\s*$", re.IGNORECASE)
# A cell may be as long as a line, so that whatever is too long is named as that. It is the process's limit.
csv.field_size_limit(MAX_LINE_BYTES)
_QUOTES = (Code.MALFORMED_QUOTES, _("Quotes stand around a whole cell, and are doubled inside it."))


class CsvReader(TableReader):
    """Reads CSV as RFC 4180 has it, with another delimiter and encoding too."""

    may_hold_nul = False
    # Known when the first row was read.
    delimiter = COMMA

    def pieces(self, chunks: Iterable[bytes], options: TableOptions) -> Iterator[Piece]:
        encoding = options.encoding
        text = utf8(chunks, encoding=encoding) if encoding else guessed_utf8(chunks, strict=True)
        lines, begin, said = self._lines(cut_lines(text)), list[str](), options.delimiter
        for line in lines:
            if not begin and (found := _SAID.match(line)):
                line, said = "\n", said or found[1]
            begin.append(line)
            if line.strip(" \t\r\n,;"):
                break
        self.delimiter = said or (delimiter_of(begin[-1], known_names) if begin else COMMA)
        yield from _pieces(chain(begin, lines), self.delimiter)

    def texts(self, kind: Kind, column: Sequence[Any]) -> Sequence[str]:
        return list(map(unguarded, column)) if kind is Kind.TEXT and "'" in "".join(column) else column

    def _lines(self, batches: Iterable[Lines]) -> Iterator[str]:
        """Each with its line feed."""
        for batch in batches:
            if batch.raw is None:
                detail = _("A line may have %(most)s bytes at most.") % {"most": MAX_LINE_BYTES}
                raise InvalidDocument([FieldError(f"line {batch.first}", Code.LINE_TOO_LONG.value, detail)])
            self.may_hold_nul |= b"\0" in batch.raw
            try:
                text = batch.raw.decode()
            except UnicodeDecodeError:
                self.is_damaged = True
                text = batch.raw.decode("utf-8", "surrogateescape")
            yield from io.StringIO(text, newline="\n")


def _pieces(lines: Iterable[str], delimiter: str) -> Iterator[Piece]:
    taken = list[str]()
    reader = csv.reader(_kept(lines, taken), delimiter=delimiter, strict=True)
    is_over = False
    while not is_over:
        taken.clear()
        rows, fault, first = list[list[str]](), None, reader.line_num + 1
        try:
            rows.extend(islice(reader, ROWS_AT_ONCE))
            is_over = len(rows) < ROWS_AT_ONCE
        except csv.Error:
            # What was read before it is in the list; after it the next line is read.
            fault = _QUOTES
        are_lines = fault is None and reader.line_num == first + len(rows) - 1
        places = range(first, first + len(rows)) if are_lines else _places(rows, first)
        yield Piece(places[: len(rows)], rows)
        if fault is not None:
            yield Piece(places[len(rows) :], [["".join(taken[places[len(rows)] - first :])]], fault)


def _kept(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    """The lines, also put into `taken`: of a row that cannot be read nothing else is left."""
    for line in lines:
        taken.append(line)
        yield line


def _places(rows: Sequence[Sequence[str]], first: int) -> Sequence[int]:
    """On which line each begins, and the row after them: a line feed inside a cell is one line more."""
    places = [first]
    for row in rows:
        first += 1 + sum(cell.count("\n") for cell in row)
        places.append(first)
    return places
