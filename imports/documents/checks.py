"""Each field of a resident by itself: every offending value, by JSON Pointer."""

from collections.abc import Callable
from datetime import date
from functools import cache, partial
from typing import TypeGuard

from config.common.digits import MAX_INTEGER
from config.common.texts import gettext as _
from imports.dates import parse_birth_date
from imports.documents.codes import Code
from imports.documents.errors import DETAILS, ErrorCollector
from imports.documents.rules import Rules
from imports.documents.texts import has_letter_or_digit, is_storable
from imports.fields import FIELDS, Field, Kind

Check = Callable[[object, str, ErrorCollector], None]
_OUT_OF_RANGE = _("An integer from 0 to %(most)s is expected.") % {"most": str(MAX_INTEGER)}


def field_checks(rules: Rules) -> dict[str, Check]:
    """The check of each field, in the order of a resident's fields.

    A check takes a value, the pointer to it and the collector that it adds its
    errors to.
    """
    return {name: _check_of(field, rules) for name, field in FIELDS.items()}


def _check_of(field: Field, rules: Rules) -> Check:
    match field.kind:
        case Kind.INTEGER:
            return check_integer
        case Kind.TEXT:
            return partial(check_text, field=field)
        case Kind.DATE:
            return partial(check_date, today=rules.today)
        case Kind.CHOICE:
            return partial(check_choice, choices=field.choices)
        case Kind.IDS:
            return partial(check_ids, longest=rules.longest[field.name])


def is_integer(value: object) -> TypeGuard[int]:
    """Whether `value` is right where an integer is expected."""
    # Not isinstance: true is an int to Python.
    return type(value) is int and 0 <= value <= MAX_INTEGER


def check_integer(value: object, pointer: str, errors: ErrorCollector) -> None:
    """An integer from 0 to 2^63 - 1."""
    if type(value) is not int:
        errors.add(pointer, Code.INVALID_TYPE, _("An integer is expected."))
    elif not is_integer(value):
        errors.add(pointer, Code.OUT_OF_RANGE, _OUT_OF_RANGE)


def check_text(value: object, pointer: str, errors: ErrorCollector, *, field: Field) -> None:
    """A text of 1 to `field.longest` characters that the database can keep."""
    if not isinstance(value, str):
        errors.add(pointer, Code.INVALID_TYPE, _("A text is expected."))
    elif not value:
        errors.add(pointer, Code.TOO_SHORT, _("At least 1 character is expected."))
    elif len(value) > field.longest:
        errors.add(pointer, Code.TOO_LONG, _at_most(field.longest))
    elif not is_storable(value):
        errors.add(pointer, Code.INVALID_CHARACTERS, _("A NUL character or half of a surrogate pair is not allowed."))
    elif field.needs_letter_or_digit and not has_letter_or_digit(value):
        errors.add(pointer, Code.NO_LETTER_OR_DIGIT, _("At least one letter or digit is expected."))


# A delivery may have millions of wrong values, and most of what is said of them is dropped.
@cache
def _at_most(longest: int) -> str:
    return _("At most %(most)s characters are allowed.") % {"most": longest}


@cache
def _one_of(choices: tuple[str, ...]) -> str:
    return _("One of %(choices)s is expected.") % {"choices": ", ".join(choices)}


def check_date(value: object, pointer: str, errors: ErrorCollector, *, today: date) -> None:
    """A real date, `DD.MM.YYYY`, not after `today`."""
    if not isinstance(value, str):
        errors.add(pointer, Code.INVALID_TYPE, _("A text is expected."))
        return
    born = parse_birth_date(value)
    if born is None:
        errors.add(pointer, Code.INVALID_DATE, _("A real date written DD.MM.YYYY is expected."))
    elif born > today:
        errors.add(pointer, Code.FUTURE_DATE, _("A date not after today in UTC is expected."))


def check_choice(value: object, pointer: str, errors: ErrorCollector, *, choices: tuple[str, ...]) -> None:
    """One of `choices`."""
    if not isinstance(value, str):
        errors.add(pointer, Code.INVALID_TYPE, _("A text is expected."))
    elif value not in choices:
        errors.add(pointer, Code.INVALID_CHOICE, _one_of(choices))


def check_ids(value: object, pointer: str, errors: ErrorCollector, *, longest: int) -> None:
    """A list of up to `longest` ids without repeats; a pointer to each offending element of one that is not longer."""
    if not isinstance(value, list):
        errors.add(pointer, Code.INVALID_TYPE, _("A list of integers is expected."))
        return
    if len(value) > longest:
        errors.add(pointer, Code.TOO_MANY, _("At most %(most)s ids are allowed.") % {"most": longest})
        return
    seen: set[int] = set()
    for index, element in enumerate(value):
        check_integer(element, f"{pointer}/{index}", errors)
        if is_integer(element):
            check_first(element, seen, f"{pointer}/{index}", errors)


def check_first(value: int, seen: set[int], pointer: str, errors: ErrorCollector) -> None:
    """`value` occurs for the first time; remembers it in `seen`."""
    if value in seen:
        errors.add(pointer, Code.DUPLICATE, DETAILS[Code.DUPLICATE])
    seen.add(value)
