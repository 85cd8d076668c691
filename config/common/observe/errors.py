"""Exceptions as an operator may see them: where they came from and of what kind, without the values in their messages.

A message may quote anything: `KeyError: 'Anna'`, `Key (name)=(Anna) already exists`. A traceback keeps the lines of
the source, where the constant part of the message can be read.
"""

import re
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from django.db import Error as DatabaseError

HIDDEN = "(message withheld: it may quote data)"
# Raised by the interpreter and the task queue; they name code and limits, never data.
_HARMLESS = (
    AttributeError,
    ImportError,
    MemoryError,
    NameError,
    RecursionError,
    ZeroDivisionError,
)
_HARMLESS_NAMES = {"SoftTimeLimitExceeded", "TimeLimitExceeded", "WorkerLostError"}
# Of a message of PostgreSQL, the quoted names that are not the caller's.
_QUOTED = re.compile(r'\b(?P<what>constraint|relation|column|table|index|schema|function|cursor) "[^"]*"|"[^"]*"')
# What follows the colon is the input that was refused, and may hold quotes of its own.
_REFUSED = re.compile(r"(?i)^([^:]*\b(?:invalid|malformed|out of range|syntax|too long)\b[^:]*):.*")
_MAX_CHAIN = 20


def message_of(error: BaseException, *, reveal: bool = False) -> str:
    """The message of `error` where it is known to hold no data; else that it was withheld.

    With `reveal`, for a developer's terminal, only what the database quotes is taken out.
    """
    if isinstance(error, DatabaseError) or hasattr(error, "pgcode"):
        return _database_message(error)
    if reveal or isinstance(error, _HARMLESS) or type(error).__name__ in _HARMLESS_NAMES:
        return str(error)
    if _is_constant(error):
        return str(error)
    if isinstance(error, OSError):
        # The text of the error number; the rest may be a file's name or an address.
        return error.strerror or HIDDEN
    return HIDDEN if str(error) else ""


def _is_constant(error: BaseException) -> bool:
    """Whether the message stands word for word in the code that raised it: then it quotes nothing."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last is not None and str(error) in last.tb_frame.f_code.co_consts


def brief(error: BaseException, *, reveal: bool = False) -> str:
    """Kind and message on one line. Of a task's retry, what it is retried for."""
    error = getattr(error, "exc", None) or error
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    message = message_of(error, reveal=reveal)
    return f"{name}: {message}" if message else name


def _database_message(error: BaseException) -> str:
    driver = error if hasattr(error, "pgcode") else error.__cause__
    code = getattr(driver, "pgcode", None)
    # DETAIL, CONTEXT and the excerpt of the query come on lines of their own.
    first = str(error).partition("\n")[0]
    text = _QUOTED.sub(lambda found: found.group() if found["what"] else '"…"', _REFUSED.sub(r"\1", first))
    return f"{text} (SQLSTATE {code})" if code else text


def chain(error: BaseException) -> Iterator[BaseException]:
    """`error`, and what it came from, and so on to the first."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen and len(seen) < _MAX_CHAIN:
        seen.add(id(following))
        yield following
        suppressed = following.__suppress_context__
        following = following.__cause__ or (None if suppressed else following.__context__)


def traceback_of(error: BaseException) -> list[dict[str, Any]]:
    """For machines: what happened first comes last. `frames` are `file:line function`, the innermost last."""
    return [
        {
            "exc_type": type(one).__name__,
            "exc_value": message_of(one),
            "frames": [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(one.__traceback__)],
        }
        for one in chain(error)
    ]


def traceback_text(error: BaseException, *, reveal: bool = False) -> str:
    """For people: as Python prints it, what happened first comes first."""
    return "\nThen:\n\n".join(
        "Traceback (most recent call last):\n"
        f"{''.join(traceback.format_tb(one.__traceback__))}{brief(one, reveal=reveal)}\n"
        for one in reversed(list(chain(error)))
    )


def exception_in(exc_info: Any) -> BaseException | None:
    """The exception of what loggers call `exc_info`: an exception, a triple, or True for the one being handled."""
    if isinstance(exc_info, BaseException):
        return exc_info
    found: BaseException | None = (
        exc_info[1] if isinstance(exc_info, tuple) else sys.exc_info()[1] if exc_info else None
    )
    return found
