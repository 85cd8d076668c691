"""The rows of a file, checked and written for COPY; what is wrong is collected on the way."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from airports.csv.cells import Parser, parser
from airports.csv.layout import Layout, fits, header_layout, is_header, row_layout, without_blank_end
from airports.csv.lines import ByteStream
from airports.csv.reading import Reading, records_of
from airports.csv.records import Record, Records
from airports.csv.rejections import Rejection, Rejections
from airports.fields import NAMES, InvalidValue
from config.common.db.copy_text import copy_text
from config.common.texts import gettext as _

COLUMNS = ("line", *NAMES)
ROWS_IN_CHUNK = 500


class CsvRows:
    """Reads `stream` once, in constant memory.

    `chunks` gives the good rows as COPY text of the columns `COLUMNS`; `count` is the number of rows so far, good and
    bad, and `rejections` gets what is wrong with the bad ones.
    """

    def __init__(self, stream: ByteStream, rejections: Rejections, reading: Reading | None = None) -> None:
        """With a `reading` the columns are what it says, and the file may be a workbook."""
        self.count = 0
        self._reading = reading or Reading()
        records = Records(stream, fits) if reading is None else records_of(stream)
        self._delimiter = records.delimiter
        self._records = filter(_has_value, records)
        self._rejections = rejections
        self._layout: Layout | None = None
        self._parsers: list[Parser] = []
        self._order: Callable[[list[str]], list[str]] = list

    def chunks(self) -> Iterator[bytes]:
        """Some hundred rows at a time. Raises `BadHeader`."""
        rows: list[list[str]] = []
        for record in self._data():
            if (row := self._row(record)) is not None:
                rows.append(row)
                if len(rows) >= ROWS_IN_CHUNK:
                    yield copy_text(rows)
                    rows.clear()
        yield copy_text(rows)

    def _data(self) -> Iterator[Record]:
        """The records after the header, where there is one."""
        first = next(self._records, None)
        if first is None:
            return
        if self._reading.columns:
            self._use(self._reading.layout)
            if not self._reading.has_header:
                yield first
        elif first.cells and is_header(first.cells):
            self._use(header_layout(first.cells, line=first.line))
        else:
            yield first
        yield from self._records

    def _use(self, layout: Layout) -> None:
        self._layout = layout
        self._parsers = [_ignore if name is None else parser(name, delimiter=self._delimiter) for name in layout]
        positions = [layout.index(name) for name in NAMES]
        self._order = lambda texts: [texts[position] for position in positions]

    def _row(self, record: Record) -> list[str] | None:
        """The values of `COLUMNS`; None where the row is rejected."""
        self.count += 1
        if self._layout is None and (layout := row_layout(record.cells)):
            self._use(layout)
        cells = without_blank_end(record.cells, len(self._layout)) if self._layout else record.cells
        if record.fault is not None or self._layout is None or len(cells) != len(self._layout):
            self._reject_row(record)
            return None
        try:
            texts = [parse(cell) for parse, cell in zip(self._parsers, cells, strict=True)]
        except InvalidValue:
            self._reject_values(record, self._layout)
            return None
        return [str(record.line), *self._order(texts)]

    def _reject_row(self, record: Record) -> None:
        """One that cannot be read, or whose cells are too few or too many."""
        if record.fault is not None:
            return self._reject(record, None, record.fault.code, record.fault.text)
        text = _wrong_number(len(self._layout) if self._layout else None, len(record.cells))
        return self._reject(record, None, "wrong_number_of_cells", text)

    def _reject_values(self, record: Record, layout: Layout) -> None:
        """Names every offending value of a row that has one."""
        cells = without_blank_end(record.cells, len(layout))
        for name, parse, cell in zip(layout, self._parsers, cells, strict=True):
            try:
                parse(cell)
            except InvalidValue as error:
                self._reject(record, name, error.code, error.text)

    def _reject(self, record: Record, column: str | None, code: str, text: str) -> None:
        self._rejections.add(Rejection(record.line, column, code, text))


# Of a file whose rows are all wrong most have as many cells.
@lru_cache
def _wrong_number(expected: int | None, found: int) -> str:
    if expected is None:
        text = _("%(expected)s cells, or an id and %(expected)s, are expected, and there are %(found)s.")
    else:
        text = _("%(expected)s cells are expected, and there are %(found)s.")
    return text % {"expected": str(expected or len(NAMES)), "found": str(found)}


def _has_value(record: Record) -> bool:
    """Whether it is a row at all: Excel writes blank ones as `,,,,`."""
    return record.fault is not None or any(map(str.strip, record.cells))


def _ignore(_cell: str) -> str:
    return ""
