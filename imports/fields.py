"""The fields of a resident: the one table for validation, COPY, reading, versions, reviews, corrections, the admin's
form, CSV, exports, the OpenAPI document and the demo.

Nothing here knows Django. A field that is added is a line here, a member of `documents.structs.Resident`, a column of
the model with its migration, and what the demo's people have of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from imports.dates import format_birth_date, parse_birth_date

MAX_TEXT = 256
MAX_CHANNEL = 64
GENDERS = ("male", "female")
UNKNOWN_CHANNEL = "unknown"

# New values of some fields by their names, as a delivery writes them: what a correction is made of.
Patch = dict[str, Any]


class Kind(Enum):
    """What the values of a field are."""

    INTEGER = auto()
    TEXT = auto()
    DATE = auto()
    CHOICE = auto()
    IDS = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what its values are, what the OpenAPI document says of it, and a value to show there.

    `longest` is the length of a text in characters; how many ids a list may have is a setting. `default` is what an
    absent value means, None where a value is required.
    """

    name: str
    kind: Kind
    description: str
    example: object
    longest: int = MAX_TEXT
    needs_letter_or_digit: bool = False
    choices: tuple[str, ...] = ()
    default: object = None

    @property
    def is_required(self) -> bool:
        """Whether a delivery must give a value."""
        return self.default is None


def _word(name: str, example: str, *, longest: int = MAX_TEXT, about: str = "", default: str | None = None) -> Field:
    described = f"{about}1 to {longest} characters, at least one of them a letter or a digit."
    return Field(name, Kind.TEXT, described, example, longest=longest, needs_letter_or_digit=True, default=default)


_TABLE = (
    Field("citizen_id", Kind.INTEGER, "Unique in its import.", 1),
    _word("town", "Kyiv"),
    _word("street", "Khreshchatyk"),
    _word("building", "22"),
    Field("apartment", Kind.INTEGER, "", 7),
    Field("name", Kind.TEXT, f"1 to {MAX_TEXT} characters.", "Anna Shevchenko"),
    Field("birth_date", Kind.DATE, "DD.MM.YYYY, a real date, not after today in UTC.", "26.12.1986"),
    Field("gender", Kind.CHOICE, "", "female", choices=GENDERS),
    Field("relatives", Kind.IDS, "Ids in the same import, no repeats, symmetric: if 1 names 2, then 2 names 1.", [2]),
    Field("friends", Kind.IDS, "As relatives, and may be absent; nobody stands in both lists.", [], default=()),
    _word(
        "channel",
        "instagram",
        longest=MAX_CHANNEL,
        about=f"The advertising channel that reaches this resident; absent means {UNKNOWN_CHANNEL}. ",
        default=UNKNOWN_CHANNEL,
    ),
)

# In the order in which they are written everywhere.
FIELDS: Mapping[str, Field] = MappingProxyType({field.name: field for field in _TABLE})
NAMES: tuple[str, ...] = tuple(FIELDS)
# All that a correction may change.
EDITABLE = NAMES[1:]


def names_of(*kinds: Kind) -> tuple[str, ...]:
    """The fields of these kinds, in the order of the table."""
    return tuple(field.name for field in _TABLE if field.kind in kinds)


LISTS = names_of(Kind.IDS)


def written(resident: object, names: Iterable[str] = NAMES) -> dict[str, Any]:
    """The values of a resident, stored or delivered, as a delivery writes them."""
    values = ((name, getattr(resident, name)) for name in names)
    return {name: format_birth_date(value) if isinstance(value, date) else value for name, value in values}


def to_store(name: str, value: Any) -> Any:
    """The value of the field `name` as the database has it. `value` is written as in a delivery, and valid."""
    return parse_birth_date(value) if FIELDS[name].kind is Kind.DATE else value
