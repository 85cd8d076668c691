"""A document as a `Reader` gives it: for what is done resident by resident, whatever the format."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec

from config.common.problems import InvalidInput
from imports.documents import quick
from imports.documents.errors import ErrorCollector
from imports.documents.exhaustive import citizens_of
from imports.documents.json_text import load_json
from imports.documents.options import TableOptions
from imports.documents.rules import Rules
from imports.documents.stream import Original, Outline, Reader, outline
from imports.documents.structs import Resident
from imports.documents.value_cells import cells_of

_AT_ONCE = 500
Values = list[Original]


class DocumentReader(Reader[Values]):
    """Reads `{"citizens": […]}`; of what is no document there is nobody."""

    def __init__(self, chunks: Iterable[bytes], *, rules: Rules, options: TableOptions | None = None) -> None:
        super().__init__(rules=rules)
        self.batches = _batches(b"".join(chunks))

    def read_quickly(self, batch: Values) -> list[Resident] | None:
        try:
            citizens = msgspec.convert([one.content for one in batch], list[Resident])
        except (msgspec.ValidationError, UnicodeEncodeError):
            return None
        return citizens if quick.are_valid_alone(citizens, raw=quick.ESCAPED_NUL, rules=self.rules) else None

    def each(self, batch: Values) -> Iterator[Original]:
        yield from batch

    def read(self, original: Original) -> Resident | int | None:
        return self.checked(original.content, original.pointer)

    def cells(self, original: Original) -> list[str]:
        return cells_of(original.content)

    def values(self, original: Original) -> dict[str, Any]:
        return original.content if isinstance(original.content, dict) else {}

    def outlines_of(self, batch: Values, citizens: list[Resident]) -> list[Outline]:
        return [outline(one.number, citizen) for one, citizen in zip(batch, citizens, strict=True)]


def _batches(body: bytes) -> Iterator[Values]:
    try:
        values = citizens_of(load_json(body), ErrorCollector())
    except InvalidInput:
        return
    originals = (Original(number, f"/citizens/{number - 1}", one) for number, one in enumerate(values, start=1))
    while some := list(islice(originals, _AT_ONCE)):
        yield some
