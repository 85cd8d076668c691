"""The shape of a citizen, as msgspec decodes and constrains it."""

from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from imports.documents.dates import DATE_LENGTH, parse_birth_date

MAX_INTEGER = 2**63 - 1
MAX_TEXT = 256
MAX_CHANNEL = 64
GENDERS = ("male", "female")
UNKNOWN_CHANNEL = "unknown"

Integer = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
Channel = Annotated[str, Meta(min_length=1, max_length=MAX_CHANNEL)]
WrittenDate = Annotated[str, Meta(min_length=DATE_LENGTH, max_length=DATE_LENGTH)]
Gender = Literal["male", "female"]


def parse_valid_date(text: str) -> date:
    """The date of a text that the validators accepted; ValueError for any other."""
    value = parse_birth_date(text)
    if value is None:
        raise ValueError("not a date written DD.MM.YYYY")
    return value


# gc=False: a citizen holds no reference back to itself, and the collector then
# has ten thousand objects fewer to look through while a document is read.
class Citizen(Struct, forbid_unknown_fields=True, gc=False):
    """One resident of a document. `birth_date` stays as written, `DD.MM.YYYY`."""

    citizen_id: Integer
    town: Text
    street: Text
    building: Text
    apartment: Integer
    name: Text
    birth_date: WrittenDate
    gender: Gender
    relatives: list[Integer]
    friends: list[Integer] = field(default_factory=list)
    channel: Channel = UNKNOWN_CHANNEL

    @property
    def born(self) -> date:
        """`birth_date` as a date."""
        return parse_valid_date(self.birth_date)


class CitizenPatch(Struct, gc=False):
    """The new values of some fields of a citizen; `UNSET` where a field stays."""

    town: str | UnsetType = UNSET
    street: str | UnsetType = UNSET
    building: str | UnsetType = UNSET
    apartment: int | UnsetType = UNSET
    name: str | UnsetType = UNSET
    birth_date: str | UnsetType = UNSET
    gender: Gender | UnsetType = UNSET
    relatives: list[int] | UnsetType = UNSET
    friends: list[int] | UnsetType = UNSET
    channel: str | UnsetType = UNSET

    @property
    def born(self) -> date | UnsetType:
        """`birth_date` as a date, or `UNSET`."""
        return parse_valid_date(self.birth_date) if isinstance(self.birth_date, str) else UNSET


class Document(Struct, forbid_unknown_fields=True, gc=False):
    """The body of one delivery."""

    citizens: list[Citizen]
