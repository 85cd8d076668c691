"""Leases: one holder at a time, a higher fence for the next, and no late write."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from config.common.background import leases
from config.common.background.leases import LeaseLost, LeaseTaken, lease
from config.common.background.models import Lease

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "tests.thing"


def expire() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE background_lease SET expires_at = clock_timestamp() - interval '1 second'")


def test_a_lease_that_is_held_is_refused_and_one_given_back_is_had_again_with_a_higher_fence() -> None:
    with lease(NAME) as first, pytest.raises(LeaseTaken), lease(NAME):
        pass
    with lease(NAME) as second:
        assert second.fence > first.fence


def test_a_holder_that_was_overtaken_cannot_write() -> None:
    with lease(NAME) as late:
        expire()
        with lease(NAME) as next_one:
            with pytest.raises(LeaseLost), transaction.atomic():
                late.assert_fence()
            with transaction.atomic():
                next_one.assert_fence()
        assert not late.renew()


def test_a_lease_is_renewed_while_its_holder_works() -> None:
    with lease(NAME, seconds=0.4):
        time.sleep(1)
        with pytest.raises(LeaseTaken), lease(NAME):
            pass


def test_nobody_takes_over_between_the_check_and_the_commit() -> None:
    with lease(NAME) as held:
        expire()
        with transaction.atomic():
            held.assert_fence()
            assert _taken_by_another() is False
        expire()
        # The negative control: without the check the same transaction is overtaken.
        with transaction.atomic():
            assert _taken_by_another() is True


def _taken_by_another() -> bool:
    outcome: list[bool] = []

    def take() -> None:
        try:
            leases._take(NAME, timedelta(seconds=60))
            outcome.append(True)
        except LeaseTaken:
            outcome.append(False)
        finally:
            connection.close()

    thread = threading.Thread(target=take)
    thread.start()
    thread.join(5)
    return outcome[0]


def test_of_many_who_come_at_once_one_gets_it() -> None:
    got: list[int] = []
    barrier = threading.Barrier(6)

    def take() -> None:
        try:
            barrier.wait()
            got.append(leases._take(NAME, timedelta(seconds=60)).fence)
        except LeaseTaken:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [Lease.objects.get(name=NAME).fence]


def test_neither_a_lease_inside_a_transaction_nor_a_check_outside_of_one_is_let_pass() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError), lease(NAME):
        pass
    with lease(NAME) as held, pytest.raises(RuntimeError):
        held.assert_fence()
