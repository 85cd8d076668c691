"""Units of work: they count the queries that are made for them, and nobody else's."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from config.common.observe import units
from config.common.observe.units import KEPT_LINES, KEPT_QUERIES, Query, Unit, timed
from imports.models import Import

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Iterator[Unit]:
    token = units.begin()
    found = units.current()
    assert found is not None
    yield found
    units.end(token)


def ask(times: int = 1) -> None:
    for number in range(times):
        Import.objects.filter(pk=number).exists()


def test_queries_are_counted_and_timed(unit: Unit) -> None:
    ask(2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.02), %s", ["Anna"])
    figures = unit.figures()
    assert (figures["queries"], figures["db_ms"] >= 20, figures["duration_ms"] >= figures["db_ms"]) == (3, True, True)
    assert [query.sql for query in unit.recent][-1] == "SELECT pg_sleep(0.02), %s"


def test_a_query_that_fails_counts_too(unit: Unit) -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match="division"):
        cursor.execute("SELECT 1 / 0")
    assert unit.queries == 1


def test_what_the_database_does_outside_of_execute_counts_where_it_is_timed(unit: Unit) -> None:
    with timed("COPY t FROM STDIN"):
        pass
    assert (unit.queries, unit.recent[0].sql) == (1, "COPY t FROM STDIN")


def test_outside_of_units_nothing_is_counted() -> None:
    ask()
    with timed("COPY t FROM STDIN"):
        pass
    assert units.current() is None


def test_the_queries_of_another_thread_are_not_ours(unit: Unit) -> None:
    found: list[Unit | None] = []
    thread = threading.Thread(target=lambda: found.append(units.current()))
    thread.start()
    thread.join()
    assert (found, unit.queries) == ([None], 0)


def test_a_unit_inside_another_one_has_its_own_count(unit: Unit) -> None:
    ask()
    token = units.begin()
    ask(3)
    inner = units.current()
    units.end(token)
    ask()
    assert (unit.queries, inner.queries if inner else None) == (2, 3)


def test_what_is_kept_is_bounded(unit: Unit) -> None:
    for number in range(1000):
        unit.note(f"SELECT {number}", 0.0)
    assert (len(unit.recent), unit.recent[-1].sql, unit.queries) == (KEPT_QUERIES, "SELECT 999", 1000)
    assert unit.lines.maxlen == KEPT_LINES


def test_a_profiler_hears_of_every_query_until_the_unit_is_closed(unit: Unit) -> None:
    heard: list[Query] = []
    done: list[str] = []
    unit.trace = heard.append
    unit.at_end.append(lambda: done.append("done"))
    ask(2)
    unit.close()
    ask()
    unit.close()
    assert (len(heard), done) == (2, ["done"])
