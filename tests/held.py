"""Holds writers up, so that a test meets them in the middle of their work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def held(table: str) -> Iterator[Callable[[], None]]:
    """Whoever writes to this table waits until the end of the block, or until what it yields is called."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
    try:
        yield other.rollback
    finally:
        other.close()
