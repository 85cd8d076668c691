"""The shape of a resident, as msgspec decodes and constrains it: the fields of `imports.fields`, with their types."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from config.common.digits import MAX_INTEGER
from imports.dates import DATE_LENGTH
from imports.fields import MAX_CHANNEL, MAX_TEXT, UNKNOWN_CHANNEL

Integer = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
Channel = Annotated[str, Meta(min_length=1, max_length=MAX_CHANNEL)]
WrittenDate = Annotated[str, Meta(min_length=DATE_LENGTH, max_length=DATE_LENGTH)]
Gender = Literal["male", "female"]


# gc=False: a resident holds no reference back to itself, and the collector then
# has ten thousand objects fewer to look through while a document is read.
class Resident(Struct, forbid_unknown_fields=True, gc=False):
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


class Document(Struct, forbid_unknown_fields=True, gc=False):
    """The body of one delivery."""

    citizens: list[Resident]
