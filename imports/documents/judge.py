"""Residents one by one, each with all that is wrong with them by themselves."""

from collections.abc import Collection, Iterator
from itertools import repeat
from typing import Any, NamedTuple

from config.common.problems import FieldError
from imports.documents.codes import Code
from imports.documents.errors import ErrorCollector
from imports.documents.stream import Original, Reader
from imports.documents.structs import Resident
from imports.documents.table import TableErrors


class Fault(NamedTuple):
    """What is wrong with a resident: in which field, an empty text where it is the whole, a sentence, and what it says
    of all who have the same, where it names somebody."""

    field: str
    code: str
    text: str
    reason: str = ""


class Judged(NamedTuple):
    """A resident, or what is known of one who is wrong: the id, or nothing; and all that is wrong."""

    original: Original
    found: Resident | int | None
    faults: list[Fault]


class _Errors(TableErrors):
    """Keeps what is said of one row, and nothing else: what is wrong with a file as a whole is no fault of a row."""

    def __init__(self) -> None:
        super().__init__()
        self.pointer = ""

    def add(self, pointer: str, code: Code, detail: str) -> None:
        if pointer == self.pointer or pointer.startswith(f"{self.pointer}/"):
            super().add(pointer, code, detail)

    def error(self, pointer: str, code: Code, detail: str) -> FieldError:
        return ErrorCollector.error(self, pointer, code, detail)

    def begin(self, pointer: str) -> None:
        """Forgets the row before."""
        self.pointer, self.errors, self.count = pointer, [], 0


def judged(reader: Reader[Any], only: Collection[int] | None = None) -> Iterator[Judged]:
    """Everybody in a delivery, or those with the numbers `only`, in its order. `reader` was not read from, and is read
    from by nobody else."""
    errors = reader.errors = _Errors()
    for batch in reader.batches:
        quickly = reader.read_quickly(batch) if only is None else None
        for original, citizen in zip(reader.each(batch), quickly or repeat(None), strict=False):
            if only is not None and original.number not in only:
                continue
            errors.begin(original.pointer)
            found = citizen or reader.read(original)
            yield Judged(original, found, _faults(errors.errors, original.pointer))


def _faults(errors: list[FieldError], pointer: str) -> list[Fault]:
    found = (Fault(_field(error, pointer), error.code, error.text) for error in errors)
    # Of a list one that is wrong says as much as all of them.
    return list(dict.fromkeys(found))


def _field(error: FieldError, pointer: str) -> str:
    return error.pointer.removeprefix(pointer).lstrip("/").partition("/")[0]
