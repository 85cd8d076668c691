"""What a refused document tells its sender."""

from config.common.problems import MAX_ERRORS, FieldError, InvalidInput, TooLarge
from config.common.texts import gettext as _
from config.common.texts import labelled
from imports.documents.codes import Code

MAX_KEY_LENGTH = 100
# What only the whole of a delivery can show. Python says it of a document, SQL finds it out about a stream.
DETAILS = {
    Code.DUPLICATE: _("This id occurs more than once."),
    Code.UNKNOWN_CITIZEN: _("There is no resident with this id."),
    Code.NOT_MUTUAL: _("This resident does not name the other one in return."),
    Code.IN_BOTH_LISTS: _("This resident stands in relatives too."),
}


class InvalidDocument(InvalidInput):
    """The document breaks rules: its first `MAX_ERRORS` errors and the number of the rest."""

    def __init__(self, errors: list[FieldError], more_errors: int = 0) -> None:
        """`errors` is not empty."""
        super().__init__(_("The body is not valid. Nothing was stored."), errors=errors, more_errors=more_errors)


class DocumentTooLarge(TooLarge):
    """The document holds more residents than one document may."""

    def __init__(self, *, citizens: int, limit: int) -> None:
        """`citizens` are in the document, `limit` are allowed."""
        super().__init__(
            _(
                "A JSON document may hold %(limit)s citizens at most; this one holds %(citizens)s. "
                "As application/x-ndjson, one a line, there may be any number."
            )
            % {"limit": limit, "citizens": citizens}
        )
        self.citizens = citizens
        self.limit = limit


class ErrorCollector:
    """Keeps the first `MAX_ERRORS` errors of a document and counts all of them."""

    def __init__(self) -> None:
        """Starts without errors."""
        self.errors: list[FieldError] = []
        self.count = 0

    def add(self, pointer: str, code: Code, detail: str) -> None:
        """Records one offending value."""
        self.count += 1
        if self.count <= MAX_ERRORS:
            self.errors.append(self.error(pointer, code, detail))

    def error(self, pointer: str, code: Code, detail: str) -> FieldError:
        """The error as it is listed."""
        return FieldError(pointer, code.value, detail)

    def raise_if_any(self) -> None:
        """Raises `InvalidDocument` unless nothing was recorded."""
        if self.count:
            raise InvalidDocument(self.errors, self.count - len(self.errors))


class LineErrors(ErrorCollector):
    """Collects the errors of a text of lines: `line 17` is the place, and the field begins the detail."""

    def error(self, pointer: str, code: Code, detail: str) -> FieldError:
        """The error as it is listed, of a pointer that begins with its line."""
        return of_line(pointer, code, detail)


def of_line(pointer: str, code: Code, detail: str) -> FieldError:
    """The error at `line 17`, or at `line 17/town`."""
    line, _slash, field = pointer.partition("/")
    return FieldError(line, code.value, labelled(field, detail))


def join_pointer(prefix: str, key: str) -> str:
    """Appends `key` to a JSON Pointer (RFC 6901), also a key that somebody made up.

    Half a surrogate pair cannot be sent back in UTF-8, and PostgreSQL keeps no
    NUL, so they are written as escapes; a key is cut after `MAX_KEY_LENGTH`
    characters.
    """
    if len(key) > MAX_KEY_LENGTH:
        key = key[:MAX_KEY_LENGTH] + "…"
    key = key.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
    return f"{prefix}/{key.replace('~', '~0').replace('/', '~1')}"
