"""Single runs."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from config.common.background.single import single_run

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
