"""The quick validator: says whether a document is right, not what is wrong with it.

It looks at whole columns: a set of the distinct towns costs less than a check
of each resident's.
"""

from collections.abc import Sequence
from datetime import date
from operator import attrgetter

import msgspec

from imports.dates import parse_birth_date
from imports.documents.relations import relations_hold
from imports.documents.rules import Rules
from imports.documents.structs import Document, Resident
from imports.documents.texts import NUL, has_letter_or_digit
from imports.fields import FIELDS, LISTS, Kind, names_of

DECODER = msgspec.json.Decoder(Document)
LINE_DECODER = msgspec.json.Decoder(Resident)
_DATES, _TEXTS = names_of(Kind.DATE), names_of(Kind.TEXT)
_WORDS = [name for name in _TEXTS if FIELDS[name].needs_letter_or_digit]
# In JSON a NUL character can only be written like this.
ESCAPED_NUL = b"\\u0000"


def decode(body: bytes) -> list[Resident] | None:
    """The residents of a document whose structs are right, or None."""
    try:
        return DECODER.decode(body).citizens
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def decode_lines(raw: bytes) -> list[Resident] | None:
    """The residents of whole lines that each hold one whose struct is right, or None."""
    # Not msgspec's own `decode_lines`: it takes two residents on one line, or one on two.
    return decode_each(raw.removesuffix(b"\n").split(b"\n"))


def decode_each(values: Sequence[bytes]) -> list[Resident] | None:
    """The residents of values that each hold one whose struct is right, or None."""
    decode = LINE_DECODER.decode
    try:
        return [decode(value) for value in values]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def is_valid(citizens: Sequence[Resident], *, raw: bytes, rules: Rules) -> bool:
    """Whether decoded residents also keep the rules that their structs cannot express."""
    distinct_ids = {citizen.citizen_id for citizen in citizens}
    return (
        are_valid_alone(citizens, raw=raw, rules=rules)
        and len(distinct_ids) == len(citizens)
        and relations_hold(citizens)
    )


def are_valid_alone(citizens: Sequence[Resident], *, raw: bytes, rules: Rules) -> bool:
    """Whether each decoded resident is valid by itself. `raw` is the JSON they come from."""
    return (
        have_valid_dates(citizens, rules.today)
        and have_valid_texts(citizens)
        and have_valid_lists(citizens, rules)
        and (ESCAPED_NUL not in raw or have_no_nul(citizens))
    )


def have_valid_dates(citizens: Sequence[Resident], today: date) -> bool:
    """Whether every date is a date and not after `today`."""
    dates = {parse_birth_date(written) for name in _DATES for written in map(attrgetter(name), citizens)}
    return all(day is not None and day <= today for day in dates)


def have_valid_texts(citizens: Sequence[Resident]) -> bool:
    """Whether every text that needs a letter or digit has one."""
    texts: set[str] = set()
    for name in _WORDS:
        texts.update(map(attrgetter(name), citizens))
    return all(map(has_letter_or_digit, texts))


def have_valid_lists(citizens: Sequence[Resident], rules: Rules) -> bool:
    """Whether no list of ids is too long or holds an id twice."""
    lists = {name: list(filter(None, map(attrgetter(name), citizens))) for name in LISTS}
    # The lengths first: nothing is looked up in a list that is refused anyway.
    return all(max(map(len, lists[name]), default=0) <= rules.longest[name] for name in LISTS) and all(
        len(set(ids)) == len(ids) for name in LISTS for ids in lists[name]
    )


def have_no_nul(citizens: Sequence[Resident]) -> bool:
    """Whether no text holds a NUL character."""
    return not any(NUL in text for name in _TEXTS for text in map(attrgetter(name), citizens))
