"""Statements of the database are measured."""

import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg2 import sql

from config.common.observe.metrics.exposition import exposition
from config.common.observe.metrics.statements import kind_of, measure
from tests.common.observe.metrics.samples import samples

SELECTS = 'demanda_database_statement_seconds_count{kind="select"}'
ERRORS = 'demanda_database_errors_total{error="ProgrammingError"}'


@pytest.mark.django_db
def test_each_statement_is_counted_by_its_kind_and_each_failure_by_its_exception() -> None:
    before = samples(exposition())
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("select nothing_of_this_name")
    after = samples(exposition())
    assert after[SELECTS] - before[SELECTS] == 2
    assert after[ERRORS] - before.get(ERRORS, 0) == 1


@pytest.mark.django_db
def test_a_connection_that_is_made_again_is_measured_once_and_first() -> None:
    def another(*arguments: object) -> object:
        raise AssertionError

    with connection.execute_wrapper(another):
        measure(connection)
        assert connection.execute_wrappers[-1] is another
    assert len(connection.execute_wrappers) == len(set(connection.execute_wrappers)) > 0


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("SELECT 1", "select"), ("\n  insert into x", "insert"), ("WITH a AS …", "with"), ("SAVEPOINT x", "other"),
        ("", "other"), (sql.SQL("SELECT 1"), "other"), ("Anna", "other"),
    ],
)  # fmt: skip
def test_kinds_are_few(statement: object, kind: str) -> None:
    assert kind_of(statement) == kind
