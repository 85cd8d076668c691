"""Several statements that see one state of the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
# The answers of this snapshot, by who reads them; None outside of one.
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def snapshot() -> Iterator[None]:
    """What is read inside is of one moment, and nothing can be written.

    In a transaction that has begun already it changes nothing: whoever began that one chose what it sees.
    """
    if connection.in_atomic_block:
        with _remembering():
            yield
        return
    with transaction.atomic(), _remembering():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def once_in_snapshot(read: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
    """Decorates what reads the database: the same arguments, which are hashable, are read for once in the outermost
    snapshot around them, and anew outside of one. Callers leave the answer as it is."""

    @wraps(read)
    def reading(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
        answers = _answers.get()
        if answers is None:
            return read(*args, **kwargs)
        answer: _Answer = answers.setdefault(read, cache(read))(*args, **kwargs)
        return answer

    return reading


@contextmanager
def _remembering() -> Iterator[None]:
    """Keeps the answers until the outermost block ends."""
    if _answers.get() is not None:
        yield
        return
    outside = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(outside)
