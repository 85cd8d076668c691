"""What comes back from calls, and what must be true of it whatever client made them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from tests.openapi.calls import Call


@dataclass(frozen=True)
class Answer:
    """The answer to a call: status, media type without its parameters, and body."""

    call: Call
    status: int
    kind: str
    body: str

    @classmethod
    def of(cls, call: Call, status: int, content_type: str, body: str) -> Self:
        return cls(call, status, content_type.partition(";")[0], body)

    @property
    def documented(self) -> list[str]:
        """The media types that the document names for its status."""
        return list(self.call.operation["responses"].get(str(self.status), {}).get("content", ()))

    @property
    def is_as_documented(self) -> bool:
        """Whether it is a success of a status and type that the document names."""
        is_named = str(self.status) in self.call.operation["responses"]
        return is_named and self.status < 300 and (self.kind in self.documented or not (self.kind or self.documented))


def refused(answers: Iterable[Answer]) -> list[str]:
    """The ones that are no success as the document has it, each in a line."""
    return [
        f"{one.call.name}, {one.call.about}: {one.status} {one.kind} {one.body[-200:]}"
        for one in answers
        if not one.is_as_documented
    ]


def without_effect_of_defaults(answers: Iterable[Answer]) -> dict[str, bool]:
    """For each GET with defaults: whether saying them aloud makes no difference."""
    bodies = {(one.call.name, one.call.about): one.body for one in answers if one.call.method == "GET"}
    return {name: body == bodies[name, "least"] for (name, about), body in bodies.items() if about == "defaults"}
