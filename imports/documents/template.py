"""A delivery to fill in: the columns with two residents who are relatives, and what stands in each column."""

from collections.abc import Iterator
from itertools import chain

from imports.documents.headers import required_columns
from imports.documents.words import words
from imports.fields import FIELDS, NAMES, Field, Kind

ADVICE = (
    "One resident a row. Take the two examples out before you send the file.",
    "A column that is not needed may be left out. Their names may be in English, Spanish or Russian, in any order.",
    "Relatives and friends are two-sided: if resident 1 names 2, then 2 names 1.",
    "A date is a date cell, or a text: 26.12.1986 or 1986-12-26.",
)
_OTHER = {"citizen_id": "2", "name": "Boris Shevchenko", "gender": "male", "relatives": "1", "birth_date": "03.02.1984"}


def examples() -> list[list[str]]:
    """The cells of two residents, in the order of the fields."""
    first = [_cell(field.example) for field in FIELDS.values()]
    return [first, [_OTHER.get(name, cell) for name, cell in zip(NAMES, first, strict=True)]]


def explained() -> Iterator[list[str]]:
    """Of each column its name, whether it is needed, what stands in it, an example, and what else it may be called."""
    needed = required_columns()
    for field in FIELDS.values():
        called = dict.fromkeys(chain.from_iterable(words()["columns"][field.name].values()))
        others = ", ".join(name for name in called if name != field.name)
        yield [field.name, "yes" if field.name in needed else "no", _about(field), _cell(field.example), others]


def _about(field: Field) -> str:
    if field.kind is Kind.CHOICE:
        return "male or female, M and F, H and M (hombre, mujer), or the usual words."
    if field.kind is Kind.IDS:
        return f"{field.description} Numbers with spaces, commas or semicolons between them."
    return field.description or "A whole number from 0."


def _cell(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
