"""Reading a delivery while it comes, any number of residents, and NDJSON, one a line.

The quick validator looks at a batch at once; where it says no, each resident of the batch is looked at alone. What
needs the whole delivery (no id twice, relations) is left to whoever stores it: `Reader.sound` gives what can be stored,
`Reader.outlines` gives what the checks of the whole need of the rest, once something is wrong. After `MAX_COUNTED`
errors the rest of the stream is not read.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from config.common.problems import MAX_ERRORS, FieldError
from config.common.tabular.encodings import utf8
from config.common.texts import gettext as _
from imports.documents import quick
from imports.documents.checks import field_checks, is_integer
from imports.documents.codes import Code
from imports.documents.errors import InvalidDocument, LineErrors, of_line
from imports.documents.exhaustive import check_citizen
from imports.documents.json_text import load_json
from imports.documents.lines import MAX_LINE_BYTES, Lines, cut_lines
from imports.documents.options import TableOptions
from imports.documents.rules import Rules
from imports.documents.structs import Resident
from imports.documents.value_cells import cells_of_line
from imports.fields import NAMES

BLANKS = b" \t\r\n"
# Beyond so many errors nobody counts on: a few megabytes, compressed, could keep us counting for a day.
MAX_COUNTED = 10_000_000

Batch = TypeVar("Batch")


class Outline(NamedTuple):
    """What of a resident the checks of the whole need; of an invalid one only the id. `number` is its own, from 1."""

    number: int
    citizen_id: int
    relatives: list[int]
    friends: list[int]


class Original(NamedTuple):
    """A resident as they stand in a delivery: their number, from 1, the pointer to them, and what is there."""

    number: int
    pointer: str
    content: Any


class Reader(ABC, Generic[Batch]):
    """Reads a delivery once: `sound` first, and when it is through `outlines`.

    `errors` are those of the residents by themselves, in their order. `is_sound` says whether all that was read so far
    was given by `sound`; the position of a resident in it, from 1, is then its number. `late_females` are the numbers
    of those who were given as male before it was known that they are not.
    """

    batches: Iterator[Batch]
    errors: LineErrors

    def __init__(self, *, rules: Rules) -> None:
        self.errors = LineErrors()
        self.is_sound = True
        self.rules = rules
        self.checks = field_checks(rules)
        self._unsound: list[Outline] = []

    @property
    def late_females(self) -> Sequence[int]:
        """None of them, where genders are words."""
        return ()

    @property
    def letters(self) -> str:
        """Those of M, F and H that were among the genders so far."""
        return ""

    @property
    def columns(self) -> Sequence[str]:
        """The names of the columns in which `cells` gives a resident."""
        return NAMES

    @property
    def places(self) -> Mapping[str, int]:
        """In which of them each field stands."""
        return {name: place for place, name in enumerate(NAMES)}

    def read_closely(self, batch: Batch) -> tuple[list[Outline], list[Resident]]:
        """One after the other: adds the errors of each. The outlines where an id is known, and the valid residents."""
        outlines, citizens = list[Outline](), list[Resident]()
        for original in self.each(batch):
            found = self.read(original)
            if isinstance(found, Resident):
                citizens.append(found)
                outlines.append(outline(original.number, found))
            elif found is not None:
                outlines.append(Outline(original.number, found, [], []))
        return outlines, citizens

    def sound(self) -> Iterator[list[Resident]]:
        """Batches of residents that can be stored, until the end or the first batch with something wrong."""
        for batch in self.batches:
            citizens = self.read_quickly(batch)
            if citizens is None:
                self._unsound, citizens = self.read_closely(batch)
            else:
                self._unsound = []
            if self.errors.count or not are_disjoint(citizens):
                self._unsound = self._unsound or self.outlines_of(batch, citizens)
                self.is_sound = False
                return
            yield citizens

    def outlines(self) -> Iterator[list[Outline]]:
        """All that `sound` did not give, to the end, in batches."""
        if self.is_sound:
            return
        yield self._unsound
        for batch in self.batches:
            if self.errors.count >= MAX_COUNTED:
                return
            citizens = self.read_quickly(batch)
            yield self.read_closely(batch)[0] if citizens is None else self.outlines_of(batch, citizens)

    def checked(self, value: object, pointer: str) -> Resident | int | None:
        """The resident that `value` is; or what is known of one who is not valid, whose errors it adds: the id, or
        nothing."""
        before = self.errors.count
        check_citizen(value, pointer, self.checks, self.errors)
        if self.errors.count == before:
            return msgspec.convert(value, Resident)
        citizen_id = value.get("citizen_id") if isinstance(value, dict) else None
        return citizen_id if is_integer(citizen_id) else None

    def error(self, number: int, pointer: str, code: Code, detail: str) -> FieldError:
        """What is wrong with the resident `number`; `pointer` leads on from there."""
        return of_line(f"line {number}/{pointer}", code, detail)

    @abstractmethod
    def read_quickly(self, batch: Batch) -> list[Resident] | None:
        """The residents of a batch that has only valid ones, else None."""

    @abstractmethod
    def each(self, batch: Batch) -> Iterator[Original]:
        """The residents of a batch, read or not."""

    @abstractmethod
    def read(self, original: Original) -> Resident | int | None:
        """The resident; or what is known of one who is not valid, whose errors it adds: the id, or nothing."""

    @abstractmethod
    def cells(self, original: Original) -> list[str]:
        """What stands there, as texts in the `columns`."""

    @abstractmethod
    def values(self, original: Original) -> dict[str, Any]:
        """What is said of each field, as JSON would have it, right or wrong; nothing where it cannot be read."""

    @abstractmethod
    def outlines_of(self, batch: Batch, citizens: list[Resident]) -> list[Outline]:
        """The outlines of a batch that has the `citizens` and nobody else."""


class LineReader(Reader[Lines]):
    """Reads NDJSON. The number of a resident is that of the line."""

    def __init__(self, chunks: Iterable[bytes], *, rules: Rules, options: TableOptions | None = None) -> None:
        super().__init__(rules=rules)
        self.batches = cut_lines(utf8(chunks))
        # Empty lines are fine at the end. Whether these are the end is not known yet.
        self._blank = range(0)

    def read_quickly(self, lines: Lines) -> list[Resident] | None:
        if lines.raw is None or self._blank:
            return None
        citizens = quick.decode_lines(lines.raw)
        if citizens is None or not quick.are_valid_alone(citizens, raw=lines.raw, rules=self.rules):
            return None
        return citizens

    def each(self, lines: Lines) -> Iterator[Original]:
        raws = [None] if lines.raw is None else split(lines.raw)
        if lines.raw is not None and not lines.raw.strip(BLANKS):
            self._add_blank(lines.first, len(raws))
            return
        for number, raw in enumerate(raws, start=lines.first):
            if raw is not None and not raw.strip(BLANKS):
                self._add_blank(number, 1)
                continue
            self._refuse_blank()
            yield Original(number, f"line {number}", raw)

    def outlines_of(self, lines: Lines, citizens: list[Resident]) -> list[Outline]:
        return [outline(number, citizen) for number, citizen in enumerate(citizens, start=lines.first)]

    def cells(self, original: Original) -> list[str]:
        return cells_of_line(original.content)

    def values(self, original: Original) -> dict[str, Any]:
        try:
            value = load_json(original.content or b"")
        except InvalidDocument:
            return {}
        return value if isinstance(value, dict) else {}

    def read(self, original: Original) -> Resident | int | None:
        raw, pointer = original.content, original.pointer
        if raw is None:
            detail = _("A line may have %(most)s bytes at most.") % {"most": MAX_LINE_BYTES}
            self.errors.add(pointer, Code.LINE_TOO_LONG, detail)
            return None
        citizens = quick.decode_lines(raw)
        if citizens is not None and quick.are_valid_alone(citizens, raw=raw, rules=self.rules):
            return citizens[0]
        try:
            value = load_json(raw)
        except InvalidDocument as refusal:
            self.errors.add(pointer, Code(refusal.errors[0].code), refusal.errors[0].text)
            return None
        return self.checked(value, pointer)

    def _add_blank(self, first: int, count: int) -> None:
        self._blank = range(self._blank.start if self._blank else first, first + count)

    def _refuse_blank(self) -> None:
        """The empty lines before this one were not the end."""
        for number in self._blank[:MAX_ERRORS]:
            self.errors.add(f"line {number}", Code.MALFORMED_JSON, _("A resident is expected, not an empty line."))
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


def outline(number: int, citizen: Resident) -> Outline:
    """The outline of a valid resident."""
    return Outline(number, citizen.citizen_id, citizen.relatives, citizen.friends)
