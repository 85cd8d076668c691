"""Shapes of queries: the same question is the same text, and no value is left in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.common.observe.sql_fingerprint import MAX_LENGTH, shape

CASES = [
    ("SELECT  a,\n b FROM t", "SELECT a, b FROM t"),
    ("SELECT 1, 2.5, 1e9 FROM t1 LIMIT 21", "SELECT ?, ?, ? FROM t1 LIMIT ?"),
    ("SELECT * FROM t WHERE name = 'Anna'", "SELECT * FROM t WHERE name = ?"),
    ("SELECT 'O''Hara', E'it\\'s', $$Anna$$, $x$An'na$x$", "SELECT ?, ?, ?, ?"),
    ('SELECT "t"."x1" FROM "t" -- Anna', 'SELECT "t"."x1" FROM "t"'),
    ("SELECT /* Anna */ 1", "SELECT ?"),
    ("SELECT 'Anna", "SELECT ?"),
    ("a IN (%s, %s, %s)", "a IN (…)"),
    ("a IN (1, 2)", "a IN (…)"),
    ("VALUES (%s, %s), (%s, %s), (%s, %s)", "VALUES (…), …"),
    ("VALUES (%s), (%s)", "VALUES (%s), …"),
    ('SAVEPOINT "s140_x3"', 'SAVEPOINT "savepoint"'),
    ("x = ANY(%s::bigint[])", "x = ANY(%s::bigint[])"),
]


@pytest.mark.parametrize(("sql", "expected"), CASES)
def test_what_stays_and_what_goes(sql: str, expected: str) -> None:
    assert shape(sql) == expected


def test_lists_of_any_length_are_one_shape() -> None:
    shapes = {shape(f"SELECT a FROM t WHERE id IN ({', '.join(['%s'] * count)})") for count in (2, 3, 1000)}
    assert shapes == {"SELECT a FROM t WHERE id IN (…)"}


def test_a_long_query_is_cut() -> None:
    assert len(shape("SELECT " + ", ".join(f"column_{number}" for number in range(2000)))) <= MAX_LENGTH + 2


@given(st.text(alphabet=st.characters(blacklist_characters="\x00"), max_size=40))
def test_no_text_of_a_query_survives(value: str) -> None:
    quoted = value.replace("'", "''")
    assert shape(f"SELECT a FROM t WHERE name = '{quoted}' AND town = %s") == (
        "SELECT a FROM t WHERE name = ? AND town = %s"
    )
