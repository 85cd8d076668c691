"""Somebody who can be found again: planted in a delivery, and looked for in every column of the database."""

from typing import Any

from django.db import connection

from tests.factories import people, relate

ME = 9_000_001
NAME, STREET, BORN = "Zacharias Quintessenz-Planted", "Planted Bogatyrskaya 77c", "29.02.1968"
# As the database may hold them: as text, as dates, in JSON, in bytes.
PLANTED = (NAME, STREET, BORN, "1968-02-29")
_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
"""


def found_in_database(values: tuple[str, ...] = PLANTED) -> list[tuple[str, str, str]]:
    """Table, column and value wherever one of the values stands in any column of any table."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        columns = cursor.fetchall()
        assert ("imports_citizen", "name") in columns
        return [
            (table, column, value)
            for table, column in columns
            for value in values
            if stands_in(cursor, table, column, value)
        ]


def stands_in(cursor: Any, table: str, column: str, value: str) -> bool:
    """Bytes are compared as they are, whatever else as PostgreSQL writes it."""
    cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" WHERE strpos("{column}"::text, %s) > 0)', [value])
    (as_text,) = cursor.fetchone()
    cursor.execute(
        f'SELECT EXISTS (SELECT FROM "{table}" WHERE strpos("{column}"::text, %s) > 0)', [value.encode().hex()]
    )
    (as_bytes,) = cursor.fetchone()
    return bool(as_text or as_bytes)


def planted_people() -> list[dict[str, Any]]:
    somebody, *others = people(3)
    return [somebody | {"name": NAME, "street": STREET, "birth_date": BORN}, *others]


def family() -> list[dict[str, Any]]:
    """Me, my relative 1, my friend 2, and 3, who knows 1 only."""
    me, *others = people(4)
    me |= {"citizen_id": ME, "name": NAME, "street": STREET, "birth_date": BORN}
    for number, other in enumerate(others, 1):
        other["citizen_id"] = number
    relate([me, *others], "relatives", (ME, 1), (1, 3), (ME, ME))
    return relate([me, *others], "friends", (ME, 2))
