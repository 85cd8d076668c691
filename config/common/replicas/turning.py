"""Which database a thread works with: inside of `reading_from` a replica, everywhere else the primary.

The replica stands under the name of the default database, for all that reads: querysets, statements written by hand,
transactions, cursors with a name. A database router would see the querysets alone, and most questions are none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

# The primary's connection while a replica's stands in its place.
_primary: ContextVar[BaseDatabaseWrapper | None] = ContextVar("primary", default=None)


class PrimaryWanted(Exception):
    """What a replica says does not suffice here: the primary is to be asked."""


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """What this thread does inside is done with the replica `alias`, which refuses to write."""
    with _standing(connections[alias], primary=connections[DEFAULT_DB_ALIAS]):
        yield


@contextmanager
def on_primary() -> Iterator[None]:
    """What is done inside is done with the primary, whoever is read from around it."""
    primary = _primary.get()
    if primary is None:
        yield
        return
    with _standing(primary, primary=None):
        yield


def require_primary() -> None:
    """Raises `PrimaryWanted` where a replica is read from."""
    if _primary.get() is not None:
        raise PrimaryWanted


@contextmanager
def _standing(wrapper: BaseDatabaseWrapper, *, primary: BaseDatabaseWrapper | None) -> Iterator[None]:
    before = connections[DEFAULT_DB_ALIAS]
    mark = _primary.set(primary)
    connections[DEFAULT_DB_ALIAS] = wrapper
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before
        _primary.reset(mark)
