"""Residents that come one a message: whether each is valid by itself, and what else a message may be."""

from collections.abc import Sequence
from hashlib import sha256
from struct import unpack
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from imports.documents import quick
from imports.documents.checks import field_checks
from imports.documents.codes import Code
from imports.documents.errors import ErrorCollector, InvalidDocument
from imports.documents.exhaustive import check_citizen
from imports.documents.json_text import load_json
from imports.documents.lines import MAX_LINE_BYTES
from imports.documents.rules import Rules
from imports.documents.stream import are_disjoint
from imports.fields import NAMES

CHECKSUM_MODULUS = 2**64
# Beyond what a header may name.
MAX_COUNT = 10**12
_FAULTS = 5
_IN_BOTH = Code.IN_BOTH_LISTS.value


class Begin(Struct, tag_field="type", tag="begin", forbid_unknown_fields=True):
    """A delivery begins. With `review` it stops when it is checked, until somebody approves it."""

    review: bool = False


class End(Struct, tag_field="type", tag="end", forbid_unknown_fields=True):
    """A delivery has `count` messages, whose `checksum` is this, in 16 hexadecimal digits."""

    count: Annotated[int, Meta(ge=0, le=MAX_COUNT)]
    checksum: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]


CONTROL = msgspec.json.Decoder(Begin | End)


def checksum_of(values: Sequence[bytes]) -> int:
    """The sum modulo 2^64 of the first 8 bytes, the highest first, of each value's SHA-256: in whatever order they
    come, and in parts."""
    heads = b"".join([sha256(value).digest()[:8] for value in values])
    return int(sum(unpack(f">{len(values)}Q", heads))) % CHECKSUM_MODULUS


def written_checksum(checksum: int) -> str:
    """As `End` has it."""
    return f"{checksum:016x}"


def as_lines(values: Sequence[bytes]) -> bytes:
    """The values as NDJSON. A line break stands between the parts of a JSON text only, where a blank is as good."""
    raw = b"\n".join(values)
    if raw.count(b"\n") != len(values) - 1:
        raw = b"\n".join([value.replace(b"\n", b" ") for value in values])
    return raw + b"\n"


def are_valid(values: Sequence[bytes], *, rules: Rules) -> bool:
    """Whether each value is one resident, valid by itself."""
    if any(len(value) > MAX_LINE_BYTES for value in values):
        return False
    citizens = quick.decode_each(values)
    if citizens is None:
        return False
    return quick.are_valid_alone(citizens, raw=b"\n".join(values), rules=rules) and are_disjoint(citizens)


def faults_of(value: bytes, *, rules: Rules) -> str | None:
    """What is wrong with a value, as fields and codes, `town: too_long`; None where it is a valid resident."""
    if are_valid([value], rules=rules):
        return None
    errors = ErrorCollector()
    try:
        check_citizen(load_json(value), "", field_checks(rules), errors)
    except InvalidDocument as refusal:
        return refusal.errors[0].code
    # Wrong by its two lists alone, each of which is right.
    found = [(error.pointer.split("/")[1:2], error.code) for error in errors.errors] or [(["friends"], _IN_BOTH)]
    # Other names of fields are somebody's own, and may be anything.
    texts = (f"{field[0]}: {code}" if field and field[0] in NAMES else code for field, code in found)
    return ", ".join(list(dict.fromkeys(texts))[:_FAULTS])
