"""Empties what a test that commits has written, instead of all tables and of what migrations put there.

Django's flush truncates fifty tables and makes their permissions and roles again, which takes half a second each time.
"""

from contextlib import closing
from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase


class Tables:
    """The tables of the test database, as they are before the first test."""

    def __init__(self) -> None:
        names = [connection.ops.quote_name(name) for name in connection.introspection.django_table_names(True)]
        self._all = ", ".join(names)
        self._filled_now = " UNION ALL ".join(f"SELECT $${name}$$ WHERE EXISTS (SELECT FROM {name})" for name in names)
        self._first = [name for (name,) in _rows(self._filled_now)]
        self._contents = "SELECT " + ", ".join(
            f"(SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {name} t)" for name in self._first
        )
        self._first_contents = _rows(self._contents)

    def empty(self, flush: Any) -> None:
        """Makes them what they were; calls `flush` where what migrations put there has been changed."""
        with transaction.atomic():
            # As a flush does, this waits for whoever is still at work.
            _rows(f"LOCK TABLE {self._all}")
            if _rows(self._contents) == self._first_contents:
                written = [name for (name,) in _rows(self._filled_now) if name not in self._first]
                _rows("; ".join(f"DELETE FROM {name}" for name in written))
                return
        flush()
        # They were made again, with other keys.
        self._first_contents = _rows(self._contents)


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with closing(connection.cursor()) as cursor:
        if statement:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def install() -> None:
    """Has Django's cases empty the tables that way."""
    tables, case = Tables(), TransactionTestCase
    flush = case._fixture_teardown  # type: ignore[attr-defined]  # the stubs leave this hook out
    case._fixture_teardown = lambda self: tables.empty(lambda: flush(self))  # type: ignore[attr-defined]  # as above
