"""Transactions that give way to others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import OperationalError, connection, transaction

from airports.models import Airport
from airports.services.transactions import in_transaction
from tests.airports.builders import make_airport

pytestmark = pytest.mark.django_db(transaction=True)


def crossing_writers(first: int, second: int) -> list[Callable[[], None]]:
    """Two writers that lock two airports in opposite orders, each when the other has its first lock."""
    met = Barrier(2, timeout=2)

    def writer(airport_ids: tuple[int, int]) -> None:
        assert Airport.objects.locked(airport_ids[0])
        with suppress(BrokenBarrierError):  # the second attempt comes alone
            met.wait()
        assert Airport.objects.locked(airport_ids[1])
        Airport.objects.filter(pk__in=airport_ids).update(city=str(airport_ids[0]))

    return [lambda: writer((first, second)), lambda: writer((second, first))]


def run_both(run: Callable[[Callable[[], None]], None]) -> list[type[BaseException] | None]:
    """What each of the two writers raises when `run` runs them at the same moment."""

    def outcome(write: Callable[[], None]) -> type[BaseException] | None:
        try:
            run(write)
        except OperationalError as error:
            return type(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(outcome, crossing_writers(make_airport("A").pk, make_airport("B").pk)))


def plainly(write: Callable[[], None]) -> None:
    """Runs in a transaction once."""
    with transaction.atomic():
        write()


def test_a_deadlock_is_resolved_by_doing_it_again() -> None:
    assert run_both(in_transaction) == [None, None]
    assert Airport.objects.filter(city=None).count() == 0


def test_without_that_one_of_two_writers_would_fail() -> None:
    assert sorted(map(str, run_both(plainly))) == sorted(map(str, [None, OperationalError]))
