"""One at a time, and once in a while."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from config.common.background.single import once_every, single_run

pytestmark = pytest.mark.django_db(transaction=True)


def alone() -> bool:
    """Whether another connection would be the only run."""

    def ask() -> bool:
        try:
            with single_run("tests") as yes:
                return yes
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask).result(5)


def test_a_second_run_is_told_and_after_the_first_there_may_be_another() -> None:
    with single_run("tests") as first:
        assert (first, alone()) == (True, False)
    assert alone()


def test_runs_of_different_names_do_not_touch_each_other() -> None:
    with single_run("others"):
        assert alone()


def test_the_lock_of_a_killed_process_dies_with_its_connection() -> None:
    with single_run("tests"):
        connection.close()
        assert alone()
        connection.ensure_connection()


def test_once_every_says_yes_once_for_each_name_and_again_when_the_time_is_over() -> None:
    assert [once_every(name, seconds=60) for name in ("one", "one", "other")] == [True, False, True]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE background_turn SET due_at = due_at - interval '60 seconds'")
    assert [once_every("one", seconds=60) for _ in range(2)] == [True, False]


def test_of_many_who_ask_at_once_one_hears_yes() -> None:
    barrier = threading.Barrier(8)

    def ask(_: int) -> bool:
        try:
            barrier.wait()
            return once_every("tests", seconds=60)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 1
