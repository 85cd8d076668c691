"""Rows of cells from lines of text.

Python's csv module with an escape character reads `\\N` as `N`, and without one it does not know backslash-escaped
quotes. So it reads only the lines that have quotes and no such backslash; lines without a quote are split, and the
rest, some in a thousand, goes through `QuotedRow`.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

from airports.csv.lines import MAX_LINE_BYTES, BadLine, ByteStream, Line, read_lines
from config.common.tabular.delimiters import COMMA, delimiter_of
from config.common.texts import gettext as _

# A quote that is never closed swallows the lines after it, up to the length of a row; they are then read again. Beyond
# so many of them a file is not worth the time.
MAX_REREADS = 1_000

_INSIDE = re.compile(r'(?:[^"\\]++|""|\\.)*+', re.DOTALL)
_ESCAPE = re.compile(r'""|\\(["\'\\])')
_ESCAPED = re.compile(r"\\[\"\'\\]")

_BLANK = " \t\r,;"

Numbered = tuple[int, Line]


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of the row that begins at `line`, unquoted but not stripped; or what is wrong with it, and its text in
    one cell where it has any."""

    line: int
    cells: list[str]
    fault: BadLine | None = None


class QuotedRow:
    """Reads one row that may go on over several lines; each character is looked at once."""

    def __init__(self, delimiter: str = COMMA) -> None:
        self.cells: list[str] = []
        self._delimiter = delimiter
        self._quote, self._after = _around_quotes(delimiter)
        self._open: list[str] | None = None

    def feed(self, line: str) -> bool:
        """Whether the row is complete with `line`, which comes with its line feed. Raises `BadLine`."""
        position, ended = 0, False
        while not ended:
            if self._open is None:
                ended, position = self._begin(line, position)
            else:
                ended, position = self._quoted(self._open, line, position)
                if self._open is not None:
                    break
        return ended

    def _begin(self, line: str, position: int) -> tuple[bool, int]:
        quote = self._quote.match(line, position)
        if quote is None:
            return self._unquoted(line, position)
        self._open = []
        return False, quote.end()

    def _quoted(self, parts: list[str], line: str, position: int) -> tuple[bool, int]:
        end = _end(_INSIDE, line, position)
        parts.append(line[position:end])
        if end == len(line):
            return False, end
        after = self._after.match(line, end)
        if after is None:
            raise BadLine("malformed_quotes", _("After a closing quote a delimiter or the end of the row is expected."))
        self.cells.append(_ESCAPE.sub(_unescaped, "".join(parts)))
        self._open = None
        return not after.group(1), after.end()

    def _unquoted(self, line: str, position: int) -> tuple[bool, int]:
        place = line.find(self._delimiter, position)
        end = len(line) if place < 0 else place
        self.cells.append(line[position:end].removesuffix("\n"))
        return place < 0, end + 1


@cache
def _around_quotes(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What an opening and a closing quote is found by. A tab that is the delimiter is no space."""
    return re.compile(rf'[^\S\n{delimiter}]*"'), re.compile(rf'"[^\S{delimiter}]*({delimiter}|\Z)')


def _end(pattern: re.Pattern[str], line: str, position: int) -> int:
    match = pattern.match(line, position)
    return match.end() if match else position


def _unescaped(escape: re.Match[str]) -> str:
    return escape.group(1) or '"'


class Records:
    """The rows of `stream`; blank lines are none. A row that cannot be read comes with its fault, and reading goes on
    with the next line. `delimiter` is the one by which the first row fits best, as `fits` counts."""

    def __init__(self, stream: ByteStream, fits: Callable[[list[str]], float] = len) -> None:
        lines = read_lines(stream)
        begin = list[Line]()
        for line in lines:
            begin.append(line)
            if not isinstance(line, str) or line.strip(_BLANK):
                break
        first = begin[-1] if begin else ""
        self.delimiter = delimiter_of(first, fits) if isinstance(first, str) else COMMA
        self._source = _Numbered(chain(begin, lines))

    def __iter__(self) -> Iterator[Record]:
        return _read_records(self._source, self.delimiter)


def _read_records(source: "_Numbered", delimiter: str) -> Iterator[Record]:
    for number, line in source:
        if isinstance(line, BadLine):
            yield Record(number, [], line)
        elif '"' not in line:
            if line and not line.isspace():
                yield Record(number, line.split(delimiter))
        elif (cells := _simply_quoted(line, delimiter)) is not None:
            yield Record(number, cells)
        else:
            yield _quoted(source, number, line, delimiter)


def _simply_quoted(line: str, delimiter: str = COMMA) -> list[str] | None:
    """What the csv module reads; None where a backslash or the row's end needs a closer look."""
    if "\\" in line and _ESCAPED.search(line):
        return None
    try:
        return next(csv.reader((line,), delimiter=delimiter, strict=True, skipinitialspace=True))
    except csv.Error:
        return None


class _Numbered:
    """Lines with their numbers from 1, some of which may be given back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = enumerate(lines, start=1)
        self._again: deque[Numbered] = deque()
        self._rereads = 0

    def __iter__(self) -> Iterator[Numbered]:
        return self

    def __next__(self) -> Numbered:
        return self._again.popleft() if self._again else next(self._lines)

    def reread(self, lines: list[Numbered]) -> BadLine | None:
        """Gives `lines` back, to be read again. Too often: nothing more is read, and the reason is returned."""
        self._again.extendleft(reversed(lines))
        self._rereads += 1
        if self._rereads <= MAX_REREADS:
            return None
        self._lines = enumerate(iter(()))
        self._again.clear()
        return BadLine("malformed_quotes", _("Too many quotes are out of place: the file was read up to here."))


def _quoted(source: _Numbered, number: int, line: str, delimiter: str) -> Record:
    """The row that begins with `line`. One that is wrong ends with its first line: more often than not a quote is
    missing there, and the lines after it are rows of their own."""
    row, taken, size = QuotedRow(delimiter), list[Numbered](), len(line)
    try:
        complete = row.feed(f"{line}\n")
        while not complete:
            following = _next_part(source, taken, size)
            size += len(following)
            complete = row.feed(f"{following}\n")
    except BadLine as fault:
        # What stands there is all that whoever mends it has.
        return Record(number, [line.rstrip("\r")], source.reread(taken) or fault)
    return Record(number, row.cells)


def _next_part(source: _Numbered, taken: list[Numbered], size: int) -> str:
    """The next line of a row that has `size` characters so far. Raises `BadLine` where there is none."""
    numbered = next(source, None)
    if numbered is not None:
        taken.append(numbered)
        if isinstance(numbered[1], str) and size + len(numbered[1]) <= MAX_LINE_BYTES:
            return numbered[1]
    raise BadLine("unterminated_quote", _("A quote is opened here and not closed."))
