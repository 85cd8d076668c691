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
        self._rows = {name: _rows(f"SELECT json_agg(t)::text FROM {name} t")[0][0] for name in self._first}

    def empty(self) -> None:
        """Makes them what they were, with what migrations put there."""
        with transaction.atomic():
            # As a flush does, this waits for whoever is still at work.
            _rows(f"LOCK TABLE {self._all}")
            is_changed = _rows(self._contents) != self._first_contents
            filled = {name for (name,) in _rows(self._filled_now)}
            written = filled if is_changed else filled - set(self._first)
            _rows("; ".join(f"DELETE FROM {name}" for name in sorted(written)))
            if is_changed:
                for name, rows in self._rows.items():
                    _rows(f"INSERT INTO {name} SELECT * FROM json_populate_recordset(null::{name}, %s)", [rows])


def _rows(statement: str, values: list[str] | None = None) -> list[tuple[Any, ...]]:
    with closing(connection.cursor()) as cursor:
        if statement:
            cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def install() -> None:
    """Has Django's cases, of which pytest's fixtures make theirs, empty the tables that way."""
    # There is no public place: a case empties them itself, and only a command `flush` of an app would come between.
    tables = Tables()
    TransactionTestCase._fixture_teardown = lambda _: tables.empty()  # type: ignore[attr-defined]  # not in the stubs
