"""Transactions that give way to others."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, transaction

ResultT = TypeVar("ResultT")

_DEADLOCK = "40P01"
_MAX_DEADLOCKS = 5


def in_transaction(write: Callable[[], ResultT]) -> ResultT:
    """The result of `write`, run in a transaction, again when PostgreSQL ended it to resolve a deadlock.

    Rows are locked in one order, but two writers that exchange codes wait for each other in the unique index.
    """
    deadlocks = 0
    while True:
        try:
            with transaction.atomic():
                return write()
        except OperationalError as error:
            deadlocks += 1
            # Inside another transaction the deadlock has ended that one, and only its owner can begin again.
            nested = transaction.get_connection().in_atomic_block
            if getattr(error.__cause__, "pgcode", None) != _DEADLOCK or nested or deadlocks > _MAX_DEADLOCKS:
                raise
