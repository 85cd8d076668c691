"""Citizens as NDJSON: one a line, any number of them, checked while they come.

The quick validator looks at a batch of lines at once; where it says no, each line of the batch is looked at by itself.
What needs the whole delivery (no id twice, relations) is left to whoever stores it: `LineReader.sound` gives what can
be stored, `LineReader.outlines` gives what the checks of the whole need of the rest, once something is wrong. After
`MAX_COUNTED` errors the rest of the stream is not read.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from config.common.problems import MAX_ERRORS
from imports.documents import quick
from imports.documents.checks import field_checks, is_integer
from imports.documents.codes import Code
from imports.documents.errors import InvalidDocument, LineErrors
from imports.documents.exhaustive import check_citizen
from imports.documents.json_text import load_json
from imports.documents.lines import MAX_LINE_BYTES, Lines, cut_lines
from imports.documents.rules import Rules
from imports.documents.structs import Resident

BLANKS = b" \t\r\n"
# Beyond so many errors nobody counts on: a few megabytes, compressed, could keep us counting for a day.
MAX_COUNTED = 10_000_000


class Outline(NamedTuple):
    """What of a line the checks of the whole need; of an invalid resident only the id."""

    line: int
    citizen_id: int
    relatives: list[int]
    friends: list[int]


class LineReader:
    """Reads a stream once: `sound` first, and when it is through `outlines`.

    `errors` are those of the residents by themselves, in the order of their lines. `is_sound` says whether all that was
    read so far was given by `sound`, in which the position of a resident is then the number of its line.
    """

    def __init__(self, chunks: Iterable[bytes], *, rules: Rules) -> None:
        self.errors = LineErrors()
        self.is_sound = True
        self._rules = rules
        self._checks = field_checks(rules)
        self._batches = cut_lines(chunks)
        self._unsound: list[Outline] = []
        # Empty lines are fine at the end. Whether these are the end is not known yet.
        self._blank = range(0)

    def sound(self) -> Iterator[list[Resident]]:
        """Batches of residents that can be stored, until the end or the first batch with something wrong."""
        for lines in self._batches:
            citizens = self._read_quickly(lines)
            if citizens is None:
                self._unsound, citizens = self._read_closely(lines)
            else:
                self._unsound = []
            if self.errors.count or not are_disjoint(citizens):
                self._unsound = self._unsound or outlines_of(lines, citizens)
                self.is_sound = False
                return
            yield citizens

    def outlines(self) -> Iterator[list[Outline]]:
        """All that `sound` did not give, to the end of the stream, in batches."""
        if self.is_sound:
            return
        yield self._unsound
        for lines in self._batches:
            if self.errors.count >= MAX_COUNTED:
                return
            citizens = self._read_quickly(lines)
            yield self._read_closely(lines)[0] if citizens is None else outlines_of(lines, citizens)

    def _read_quickly(self, lines: Lines) -> list[Resident] | None:
        """The residents of lines that all hold a valid one, else None."""
        if lines.raw is None or self._blank:
            return None
        citizens = quick.decode_lines(lines.raw)
        if citizens is None or not quick.are_valid_alone(citizens, raw=lines.raw, rules=self._rules):
            return None
        return citizens

    def _read_closely(self, lines: Lines) -> tuple[list[Outline], list[Resident]]:
        """Line by line: adds the errors of each. The outlines where an id is known, and the valid residents."""
        outlines, citizens = [], []
        raws = [None] if lines.raw is None else split(lines.raw)
        if lines.raw is not None and not lines.raw.strip(BLANKS):
            self._add_blank(lines.first, len(raws))
            return [], []
        for number, raw in enumerate(raws, start=lines.first):
            if raw is not None and not raw.strip(BLANKS):
                self._add_blank(number, 1)
                continue
            self._refuse_blank()
            found = self._read_line(raw, f"line {number}")
            if isinstance(found, Resident):
                citizens.append(found)
                outlines.append(Outline(number, found.citizen_id, found.relatives, found.friends))
            elif found is not None:
                outlines.append(Outline(number, found, [], []))
        return outlines, citizens

    def _read_line(self, raw: bytes | None, pointer: str) -> Resident | int | None:
        """The resident; or what is known of one that is not valid: an id, or nothing."""
        if raw is None:
            self.errors.add(pointer, Code.LINE_TOO_LONG, f"A line may have {MAX_LINE_BYTES:,} bytes at most.")
            return None
        citizens = quick.decode_lines(raw)
        if citizens is not None and quick.are_valid_alone(citizens, raw=raw, rules=self._rules):
            return citizens[0]
        try:
            value = load_json(raw)
        except InvalidDocument as refusal:
            self.errors.add(pointer, Code(refusal.errors[0].code), refusal.errors[0].detail)
            return None
        before = self.errors.count
        check_citizen(value, pointer, self._checks, self.errors)
        if self.errors.count == before:
            return msgspec.convert(value, Resident)
        citizen_id = value.get("citizen_id") if isinstance(value, dict) else None
        return citizen_id if is_integer(citizen_id) else None

    def _add_blank(self, first: int, count: int) -> None:
        self._blank = range(self._blank.start if self._blank else first, first + count)

    def _refuse_blank(self) -> None:
        """The empty lines before this one were not the end."""
        for number in self._blank[:MAX_ERRORS]:
            self.errors.add(f"line {number}", Code.MALFORMED_JSON, "A resident is expected, not an empty line.")
        self.errors.count += len(self._blank[MAX_ERRORS:])
        self._blank = range(0)


def split(raw: bytes) -> list[bytes]:
    """Whole lines without their line feeds."""
    return raw.removesuffix(b"\n").split(b"\n")


def are_disjoint(citizens: list[Resident]) -> bool:
    """Whether nobody names a resident in both lists."""
    return all(
        set(citizen.relatives).isdisjoint(citizen.friends)
        for citizen in citizens
        if citizen.relatives and citizen.friends
    )


def outlines_of(lines: Lines, citizens: list[Resident]) -> list[Outline]:
    """The outlines of lines that each hold one of the `citizens`."""
    return [Outline(n, c.citizen_id, c.relatives, c.friends) for n, c in enumerate(citizens, start=lines.first)]
