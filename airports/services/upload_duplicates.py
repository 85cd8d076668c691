"""Two rows for one airport: the later one is rejected."""

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from django.db import connection

from airports.csv.rejections import Rejection, Rejections
from airports.fields import NAMES
from airports.services.upload_sql import DROP_ROWS, NEAR, SUSPECTS
from config.common.texts import gettext as _

_BATCH = 5_000
# Cells of this many degrees: whoever is near stands in one's own or in the next.
_CELL = 1e-5

Key = tuple[str, str | int]
Cell = tuple[str, str | None, str | None, int, int]


class Suspect(NamedTuple):
    """A row as `SUSPECTS` gives it: its own codes, then the values that its airport is to have."""

    line: int
    airport_id: int | None
    is_deleted: bool
    file_icao: str | None
    file_iata: str | None
    icao: str | None
    name: str
    city: str | None
    country: str | None
    latitude: float
    longitude: float

    def unique(self) -> Iterator[Key]:
        """What no two rows may share. A flagged airport is not written, so its row claims no code."""
        if self.file_icao is not None and not self.is_deleted:
            yield "icao", self.file_icao
        if self.file_iata is not None and not self.is_deleted:
            yield "iata", self.file_iata
        if self.airport_id is not None:
            yield "id", self.airport_id

    def cells(self, reach: float) -> list[Cell]:
        """Where it stands, and with a `reach` of some degrees also the cells of whoever is near."""
        ranges = [
            sorted({math.floor((degrees + step) / _CELL) for step in (-reach, reach)})
            for degrees in (self.latitude, self.longitude)
        ]
        return [(self.name, self.city, self.country, row, column) for row, column in product(*ranges)]

    def is_same_place(self, other: "Suspect") -> bool:
        """Whether a new airport and another one are the same, for want of codes that tell them apart."""
        both_stored = self.airport_id is not None and other.airport_id is not None
        two_codes = self.icao is not None and other.icao is not None
        near = abs(self.latitude - other.latitude) <= NEAR and abs(self.longitude - other.longitude) <= NEAR
        return near and not both_stored and not two_codes


class Claims:
    """The airports of the rows so far that are not rejected."""

    def __init__(self) -> None:
        self._lines: dict[Key, int] = {}
        self._places: defaultdict[Cell, list[Suspect]] = defaultdict(list)

    def clash(self, row: Suspect) -> Rejection | None:
        """Why `row` is rejected; else its airport is its own from now on."""
        for key in row.unique():
            if key in self._lines:
                return _duplicate(row, key[0] if key[0] in NAMES else None, self._lines[key])
        if not row.is_deleted:
            if other := self._at_place_of(row):
                return _duplicate(row, None, other.line)
            self._places[row.cells(0)[0]].append(row)
        self._lines |= dict.fromkeys(row.unique(), row.line)
        return None

    def _at_place_of(self, row: Suspect) -> Suspect | None:
        others = (other for cell in row.cells(NEAR) for other in self._places.get(cell, ()))
        return next(filter(row.is_same_place, others), None)


def _duplicate(row: Suspect, column: str | None, line: int) -> Rejection:
    text = _("Line %(line)s has this code already.") if column else _("Line %(line)s has this airport already.")
    return Rejection(row.line, column, "duplicate_in_file", text % {"line": str(line)})


def reject_duplicates(rejections: Rejections) -> None:
    """Takes the later rows for one airport out of `upload_merged` and lists them.

    In the order of the lines: a row that is itself rejected rejects no other.
    """
    claims = Claims()
    # A cursor of the server reads a file of duplicates in pieces; it does not see that rows are taken out meanwhile.
    with connection.chunked_cursor() as suspects, connection.cursor() as cursor:
        suspects.execute(SUSPECTS)
        while rows := suspects.fetchmany(_BATCH):
            clashes = [clash for row in rows if (clash := claims.clash(Suspect(*row)))]
            for clash in clashes:
                rejections.add(clash)
            cursor.execute(DROP_ROWS, [[clash.line for clash in clashes]])
