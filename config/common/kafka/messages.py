"""What is read from topics, and what becomes of it. An app says in `consumes` which of its functions takes what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

MAX_HEADER_BYTES = 1_000
# Headers are numbers of 12 digits at most, so that no sum of them is beyond 64 bits.
_MOST_DIGITS = 12


class Message(NamedTuple):
    """A message of a topic. `offset`: its place in the partition, from 0. A name may stand in `headers` twice."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class Reason(StrEnum):
    """Why a message is a dead letter."""

    KEY = "key"
    HEADER = "header"
    TOO_LARGE = "too_large"
    INVALID = "invalid"
    UNKNOWN_SOURCE = "unknown_source"
    REFUSED = "refused"
    FAILED = "failed"


class Refusal(NamedTuple):
    """A message that is not taken. `detail` names fields and codes, never a value."""

    message: Message
    reason: Reason
    detail: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of some messages: how many are `stored`, came before (`repeated`), concern nothing that is waited for
    any more (`ignored`), and those that are refused."""

    stored: int = 0
    repeated: int = 0
    ignored: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, messages: Sequence[Message], reason: Reason, detail: str = "") -> None:
        """Adds them to the dead letters, all for one reason."""
        self.refusals += [Refusal(message, reason, detail) for message in messages]


# Takes messages of one partition in their order, inside the caller's transaction, which may be rolled back and tried
# with fewer of them.
Handler = Callable[[Sequence[Message]], Outcome]


class WrongMessage(Exception):
    """A message whose key or headers are not as they have to be."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def text_of(raw: bytes | None, *, name: str, most: int, reason: Reason = Reason.HEADER) -> str:
    """A key or a header as a text of 1 to `most` characters without control characters. Raises `WrongMessage`."""
    try:
        text = (raw or b"").decode()
    except (UnicodeDecodeError, AttributeError):
        raise WrongMessage(reason, name) from None
    if not 1 <= len(text) <= most or not text.isprintable():
        raise WrongMessage(reason, name)
    return text


def number_of(raw: bytes | None, *, name: str) -> int:
    """A header as a whole number from 1, in decimal digits. Raises `WrongMessage`."""
    if not isinstance(raw, bytes) or not raw.isdigit() or len(raw) > _MOST_DIGITS or not (number := int(raw)):
        raise WrongMessage(Reason.HEADER, name)
    return number
