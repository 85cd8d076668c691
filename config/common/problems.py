"""What can go wrong, said once: the exceptions that services raise and that every caller understands.

The API turns a `Problem` into a problem details body (RFC 9457), the admin into a message, a command into an exit
code. Nothing here knows HTTP beyond the status number that names the kind of problem.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from config.common.texts import Text, restored, said, stored

MAX_ERRORS = 100


@dataclass(frozen=True, slots=True)
class FieldError:
    """One offending value.

    `pointer` is a JSON Pointer into the document (RFC 6901), `?name` for a query parameter or `line 17` for a line of
    a file. `code` is for programs, `text` for people, who read it as `detail` in their language; it never repeats the
    value, which may be personal.
    """

    pointer: str
    code: str
    text: str

    @property
    def detail(self) -> str:
        """The text in the language that is active."""
        return said(self.text)

    def stored(self) -> dict[str, Any]:
        """The error as JSON, for `from_stored`. `detail` is English, for who reads it without that."""
        found = {"pointer": self.pointer, "code": self.code, "detail": str(self.text)}
        filled = isinstance(self.text, Text) and self.text.parameters
        return found | {"text": stored(self.text)} if filled else found

    @classmethod
    def from_stored(cls, found: Mapping[str, Any]) -> "FieldError":
        """The error that was stored. A text that nothing fills is its own msgid."""
        text = restored(found["text"]) if "text" in found else Text(found["detail"])
        return cls(found["pointer"], found["code"], text)


def told(errors: Iterable[FieldError]) -> list[dict[str, str]]:
    """The errors as the API has them, in the language that is active."""
    return [{"pointer": error.pointer, "code": error.code, "detail": error.detail} for error in errors]


def told_stored(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The same of stored ones."""
    return told(map(FieldError.from_stored, errors))


class Problem(Exception):
    """The base of all refusals. `text` is one sentence for the caller, who reads it as `detail` in their language;
    `errors` are the offending values.

    `retry_after` is the seconds after which it may be different; `extensions` are further members of the body, as JSON
    (RFC 9457, section 3.2).
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    retry_after: int | None = None

    def __init__(
        self,
        text: str,
        *,
        errors: Sequence[FieldError] = (),
        more_errors: int = 0,
        retry_after: int | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.errors = list(errors[:MAX_ERRORS])
        self.more_errors = more_errors + max(0, len(errors) - MAX_ERRORS)
        if retry_after is not None:
            self.retry_after = retry_after
        self.extensions = dict(extensions or {})

    @property
    def detail(self) -> str:
        """The text in the language that is active."""
        return said(self.text)


class InvalidInput(Problem):
    """The input breaks a rule; nothing was stored."""

    status = HTTPStatus.BAD_REQUEST


class AccountGone(Problem):
    """The actor's account was removed while this was under way."""

    status = HTTPStatus.UNAUTHORIZED


class Forbidden(Problem):
    """The actor may not do this."""

    status = HTTPStatus.FORBIDDEN


class NotFound(Problem):
    """There is no such thing, or none that the actor may know of."""

    status = HTTPStatus.NOT_FOUND


class Conflict(Problem):
    """The thing is not in a state that allows this now."""

    status = HTTPStatus.CONFLICT


class Gone(Problem):
    """It was there and will not come back."""

    status = HTTPStatus.GONE


class KeyReused(Problem):
    """An idempotency key came back with something else."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Stale(Problem):
    """The caller's copy of the thing is not the present one."""

    status = HTTPStatus.PRECONDITION_FAILED


class TooSlow(Problem):
    """The caller keeps us waiting."""

    status = HTTPStatus.REQUEST_TIMEOUT


class TooLarge(Problem):
    """More than a limit allows."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedType(Problem):
    """A representation that is not read here."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class NotAcceptable(Problem):
    """A representation that is not written here."""

    status = HTTPStatus.NOT_ACCEPTABLE


class TooMany(Problem):
    """The caller asks more often, or for more at the same time, than a limit allows."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class Unavailable(Problem):
    """A part that this needs is away for the moment."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 5


class NoSpace(Problem):
    """The database has no room left."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
