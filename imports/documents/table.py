"""Residents as a table: a row that names the columns, then one resident a row."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any, NamedTuple

import msgspec

from config.common.problems import FieldError
from config.common.tabular.workbook import too_many_rows
from config.common.texts import gettext as _
from imports.documents import cells, quick
from imports.documents.codes import Code
from imports.documents.errors import InvalidDocument, LineErrors, of_line
from imports.documents.genders import Genders
from imports.documents.headers import Header, read_header
from imports.documents.options import TableOptions
from imports.documents.places import Places
from imports.documents.rules import Rules
from imports.documents.stream import Original, Outline, Reader, outline
from imports.documents.structs import Resident
from imports.fields import FIELDS, Kind

Row = Sequence[Any]
# So few that Python's collector of cycles is not called for them: with 500 it takes a quarter of the time.
ROWS_AT_ONCE = 150


class Piece(NamedTuple):
    """Some rows as they stand there, blank ones too, and where each begins; or a row that cannot be read, its text in
    one cell, and why."""

    places: Sequence[int]
    rows: Sequence[Row]
    fault: tuple[Code, str] | None = None


class Rows(NamedTuple):
    """A piece without the header and blank rows; `first` is the number of its first resident."""

    first: int
    piece: Piece


class _Row(Resident, array_like=True, forbid_unknown_fields=True, gc=False):
    """A resident whose values come in the order of the fields."""


class TableErrors(LineErrors):
    """Calls the columns as the file does."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: Mapping[str, str] = {}

    def error(self, pointer: str, code: Code, detail: str) -> FieldError:
        return super().error(self.labelled(pointer), code, detail)

    def labelled(self, pointer: str) -> str:
        """`line 17/town` as `line 17/town (Ciudad)`."""
        place, _, field = pointer.partition("/")
        name = field.partition("/")[0]
        return f"{place}/{field}{self.labels.get(name, name).removeprefix(name)}" if field else place


class TableReader(Reader[Rows]):
    """Reads a table. A subclass says where its rows come from and what their places are called; `pieces` are rows that
    were read already, in the place of `chunks`."""

    unit = "line"
    errors: TableErrors
    most_rows: int | None = None
    may_hold_nul = True

    def __init__(
        self,
        chunks: Iterable[bytes],
        *,
        rules: Rules,
        options: TableOptions | None = None,
        pieces: Iterable[Piece] | None = None,
    ) -> None:
        super().__init__(rules=rules)
        self.errors, options = TableErrors(), options or TableOptions()
        self._genders = Genders(options.letters)
        self._columns = options.columns
        self._places = Places()
        self._header: Header | None = None
        # Half a character was met: nothing is believed without a closer look.
        self.is_damaged = False
        self.batches = self._residents(self.pieces(chunks, options) if pieces is None else pieces)

    @abstractmethod
    def pieces(self, chunks: Iterable[bytes], options: TableOptions) -> Iterator[Piece]:
        """All rows. Raises `InvalidInput` for what is no such table."""

    @abstractmethod
    def texts(self, kind: Kind, column: Sequence[Any]) -> Sequence[str]:
        """The cells of a column as texts. Raises `ValueError` where one needs a closer look."""

    @property
    def late_females(self) -> Sequence[int]:
        return self._genders.late

    @property
    def letters(self) -> str:
        return self._genders.letters

    @property
    def columns(self) -> Sequence[str]:
        return self._header.names if self._header else ()

    @property
    def places(self) -> Mapping[str, int]:
        return self._header.places if self._header else {}

    def error(self, number: int, pointer: str, code: Code, detail: str) -> FieldError:
        return of_line(self.errors.labelled(f"{self.unit} {self._places.of(number)}/{pointer}"), code, detail)

    def _residents(self, pieces: Iterable[Piece]) -> Iterator[Rows]:
        for piece in pieces:
            piece = self._without_blank(piece)
            if self._header is None and (piece.rows or piece.fault):
                piece = self._after_header(piece)
            if piece.rows or piece.fault:
                yield self._numbered(piece)

    def _after_header(self, piece: Piece) -> Piece:
        place = f"{self.unit} {piece.places[0]}"
        if piece.fault:
            raise InvalidDocument([FieldError(place, piece.fault[0].value, piece.fault[1])])
        self._header = read_header(piece.rows[0], place=place, columns=self._columns)
        self.errors.labels = self._header.labels
        return Piece(piece.places[1:], piece.rows[1:])

    def _without_blank(self, piece: Piece) -> Piece:
        # Most often something stands in each first cell, which is seen at once.
        if all([row and row[0] and not cells.is_blank(row[0]) for row in piece.rows]):  # noqa: C419 - a list is quicker
            return piece
        kept = [i for i, row in enumerate(piece.rows) if not all(map(cells.is_blank, row))]
        return Piece([piece.places[i] for i in kept], [piece.rows[i] for i in kept])

    def _numbered(self, piece: Piece) -> Rows:
        first = self._places.count + 1
        self._places.add(piece.places)
        if self.most_rows is not None and self._places.count > self.most_rows:
            raise too_many_rows(self.most_rows)
        place = self._column(piece.rows, "gender")
        together = self._genders.see([cell if isinstance(cell, str) else "" for cell in place], first=first)
        if together is not None:
            detail = _("H, M and F stand together: M may be either. Write male and female.")
            self.errors.add(f"{self.unit} {piece.places[together]}/gender", Code.AMBIGUOUS_GENDER, detail)
        return Rows(first, piece)

    def _column(self, rows: Sequence[Row], name: str) -> list[Any]:
        place = self._header.places[name] if self._header else 0
        return [row[place] if place < len(row) else "" for row in rows]

    def read_quickly(self, batch: Rows) -> list[Resident] | None:
        header, rows = self._header, batch.piece.rows
        if batch.piece.fault or self.is_damaged or header is None or len(set(map(len, rows))) != 1:
            return None
        columns = list(zip(*rows, strict=True))
        if len(columns) < header.width or any(map(any, columns[header.width :])):
            return None
        try:
            values = [self._values(name, columns) for name in FIELDS]
            citizens: list[Resident] = list(msgspec.convert(list(zip(*values, strict=False)), list[_Row]))
        except (ValueError, msgspec.ValidationError):
            return None
        # As it would be written in JSON.
        raw = quick.ESCAPED_NUL if self.may_hold_nul else b""
        return citizens if quick.are_valid_alone(citizens, raw=raw, rules=self.rules) else None

    def _values(self, name: str, columns: Sequence[Sequence[Any]]) -> Iterable[Any]:
        """A whole column as the values of its field. Raises `ValueError` where one needs a closer look."""
        field, place = FIELDS[name], self._header.places.get(name) if self._header else None
        if place is None:
            return repeat([] if field.kind is Kind.IDS else field.default)
        column = self.texts(field.kind, columns[place])
        match field.kind:
            case Kind.INTEGER:
                return cells.integers(column)
            case Kind.IDS:
                return cells.lists(column)
            case Kind.DATE:
                return cells.dates(column)
            case Kind.CHOICE:
                return list(map(self._genders.meaning, column))
            case Kind.TEXT:
                return column if field.is_required else [cell or field.default for cell in column]

    def each(self, batch: Rows) -> Iterator[Original]:
        numbered = zip(batch.piece.places, batch.piece.rows, strict=True)
        for number, (place, row) in enumerate(numbered, start=batch.first):
            yield Original(number, f"{self.unit} {place}", (row, batch.piece.fault))

    def read(self, original: Original) -> Resident | int | None:
        (row, fault), pointer = original.content, original.pointer
        if fault is not None:
            self.errors.add(pointer, *fault)
            return None
        width = self._header.width if self._header else 0
        if not all(map(cells.is_blank, row[width:])):
            detail = _("There are more cells than columns, %(width)s.") % {"width": str(width)}
            self.errors.add(pointer, Code.TOO_MANY_CELLS, detail)
            return None
        if self.is_damaged and any("\udc80" <= sign <= "\udcff" for cell in row for sign in cell):
            self.errors.add(pointer, Code.INVALID_ENCODING, _("The line is not UTF-8."))
            return None
        return self.checked(self.values(original), pointer)

    def values(self, original: Original) -> dict[str, Any]:
        row, fault = original.content
        if fault is not None:
            return {}
        found = {name: self._value(name, row) for name in FIELDS}
        return {name: value for name, value in found.items() if value is not None}

    def cells(self, original: Original) -> list[str]:
        (row, fault), kinds = original.content, self._kinds
        if fault is not None:
            return [str(cell).encode("utf-8", "replace").decode() for cell in row]
        return [self._text(kinds.get(place, Kind.TEXT), cell) for place, cell in enumerate(row)]

    @cached_property
    def _kinds(self) -> Mapping[int, Kind]:
        return {place: FIELDS[name].kind for name, place in self._header.places.items()} if self._header else {}

    def _text(self, kind: Kind, cell: object) -> str:
        text = cells.plain(kind, cell)
        if not isinstance(text, str):
            return str(text)
        (text,) = self.texts(kind, [text.encode("utf-8", "replace").decode()])
        # A letter means something only beside the others of its file.
        return (self._genders.letter_meaning(text) or text) if kind is Kind.CHOICE else text

    def _value(self, name: str, row: Row) -> object:
        kind, place = FIELDS[name].kind, self._header.places.get(name) if self._header else None
        cell = row[place] if place is not None and place < len(row) else ""
        text = cells.plain(kind, cell)
        if not isinstance(text, str):
            return text
        (text,) = self.texts(kind, [text])
        value = cells.value_of(kind, text)
        return self._genders.meaning(text) or value if kind is Kind.CHOICE else value

    def outlines_of(self, batch: Rows, citizens: list[Resident]) -> list[Outline]:
        return [outline(number, citizen) for number, citizen in enumerate(citizens, start=batch.first)]
