"""The way out: residents as PostgreSQL's COPY reads them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any

from config.common.db.copy_text import copy_arrays, copy_text
from imports.documents.structs import Resident
from imports.fields import FIELDS, NAMES, Kind

COLUMNS = ("import_id", *NAMES)
# Some 100 kB: the server loads one chunk while Python formats the next. With
# five times as many rows they wait for each other.
ROWS_IN_CHUNK = 200


def copy_rows(citizens: Sequence[Resident], import_id: int) -> Iterator[bytes]:
    """Chunks for `COPY … FROM STDIN` in text format, its columns `COLUMNS`.

    The residents must have passed validation.
    """
    for start in range(0, len(citizens), ROWS_IN_CHUNK):
        chunk = citizens[start : start + ROWS_IN_CHUNK]
        # By column: that is quicker than to look at one resident after the other.
        columns = [write(map(value, chunk)) for value, write in _COLUMNS]
        yield copy_text(list(zip([str(import_id)] * len(chunk), *columns, strict=True)))


# As many entries as 180 years have days.
@lru_cache(maxsize=1 << 16)
def _iso(written: str) -> str:
    return f"{written[6:]}-{written[3:5]}-{written[:2]}"


def _as_they_are(texts: Iterable[str]) -> Iterable[str]:
    return texts


_WRITERS: Mapping[Kind, Callable[[Iterable[Any]], Iterable[str]]] = {
    Kind.INTEGER: partial(map, str),
    Kind.TEXT: _as_they_are,
    Kind.DATE: partial(map, _iso),
    Kind.CHOICE: _as_they_are,
    Kind.IDS: copy_arrays,
}
_COLUMNS = [(attrgetter(name), _WRITERS[field.kind]) for name, field in FIELDS.items()]
