"""Finds every row of a received delivery that is wrong, whatever its format: what is not wrong could be loaded.

Wrong by itself is a row that no reader would take. Wrong beside others are all rows of an id that occurs more than
once, both rows of a relation that one of them names, and rows that name nobody or somebody twice. What is left is
right as a whole, once it does not name those who are left out (`store_good`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from config.common.problems import TooLarge
from config.common.tabular.workbook import MAX_ROWS
from config.common.texts import gettext as _
from imports.documents.formats import FORMATS
from imports.documents.judge import Fault, Judged, judged
from imports.documents.options import TableOptions
from imports.documents.stream import Original, Outline, Reader, outline
from imports.documents.structs import Resident
from imports.fields import NAMES
from imports.models import Import
from imports.services.document_rules import rules_on
from imports.services.loading._outlines import copy_outlines, create_outlines, drop_outlines, expect_many
from imports.services.loading._wrong_beside import wrong_beside_others
from imports.services.loading.unpack_body import stored_body

_AT_ONCE = 5_000
_LETTERS = "fhm"
Connection = BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Examination:
    """How many `rows` there are and which numbers of them, from 1, are wrong: `alone`, or `beside` others with their
    faults. `reasons` counts faults by field and sentence. `letters` are those of the genders of the whole."""

    rows: int
    alone: set[int]
    beside: Mapping[int, Sequence[Fault]]
    reasons: Counter[tuple[str, str]]
    letters: str

    @property
    def wrong(self) -> int:
        """How many rows are."""
        return len(self.alone | self.beside.keys())


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row with all that is wrong with it; `cells` are texts in the columns of its reader."""

    original: Original
    cells: list[str]
    faults: list[Fault]


def examine_rows(found: Import, *, over: Connection | None = None) -> Examination:
    """Reads the whole body, over the connection `over` or Django's. Raises `InvalidInput` where it is no such delivery
    at all, `TooLarge` where more rows are wrong than a workbook holds."""
    examined = _Examining(reader_of(found, over=over)).run()
    if examined.letters == _LETTERS:
        # M may be either: who has it is wrong, and that was not known from the beginning.
        return _Examining(reader_of(found, letters=_LETTERS, over=over)).run()
    return examined


def reader_of(
    found: Import, *, options: TableOptions | None = None, letters: str = "", over: Connection | None = None
) -> Reader[Any]:
    """What reads the body, as on the day on which it came, and as `options` or what was said of it say. Raises as
    `unpack_body`."""
    options = (options or TableOptions(**found.read_as or {}))._replace(letters=letters)
    rules = rules_on(found.created_at.astimezone(UTC).date())
    return FORMATS[found.media_type].rows(stored_body(found, over=over), rules=rules, options=options)


def wrong_rows(reader: Reader[Any], examined: Examination) -> Iterator[WrongRow]:
    """The wrong rows in their order. `reader` reads the same body, with the `letters` of the examination."""
    for one in judged(reader, only=examined.alone | examined.beside.keys()):
        faults = [*one.faults, *examined.beside.get(one.original.number, ())]
        yield WrongRow(one.original, reader.cells(one.original), faults)


def good_residents(reader: Reader[Any], examined: Examination) -> Iterator[Resident]:
    """All others, as they are to be stored, but for their names of those who are left out."""
    for one in judged(reader):
        if isinstance(one.found, Resident) and one.original.number not in examined.beside:
            yield one.found


class _Examining:
    def __init__(self, reader: Reader[Any]) -> None:
        self._reader = reader
        self._rows = self._unknown = 0
        self._alone = set[int]()
        self._beside = dict[int, list[Fault]]()
        self._reasons = Counter[tuple[str, str]]()

    @transaction.atomic
    def run(self) -> Examination:
        create_outlines()
        outlines = list[Outline]()
        for one in judged(self._reader):
            self._rows += 1
            outlines += self._outlined(one)
            if len(outlines) >= _AT_ONCE:
                # Not while it is read: the body may come over the same connection.
                copy_outlines([outlines])
                outlines = []
        copy_outlines([outlines])
        expect_many()
        for number, fault in wrong_beside_others(all_known=not self._unknown):
            self._beside.setdefault(number, []).append(fault)
            self._note([fault])
        drop_outlines()
        return Examination(self._rows, self._alone, self._beside, self._reasons, self._reader.letters)

    def _outlined(self, one: Judged) -> list[Outline]:
        number = one.original.number
        if isinstance(one.found, Resident):
            return [outline(number, one.found)]
        self._alone.add(number)
        self._note(one.faults)
        if one.found is None:
            self._unknown += 1
            return []
        return [Outline(-number, one.found, [], [])]

    def _note(self, faults: list[Fault]) -> None:
        # Others than ours are keys that somebody made up, without number.
        self._reasons.update(
            (fault.field if fault.field in NAMES else "", fault.reason or fault.text) for fault in faults
        )
        if len(self._alone) + len(self._beside) > MAX_ROWS:
            told = _("More than %(most)s rows are wrong: it is the file as a whole that has to be mended.")
            raise TooLarge(told % {"most": MAX_ROWS})
