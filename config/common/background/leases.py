"""Leases with fencing: who works on a thing, until when, and a number that keeps a late worker from writing.

    with lease("imports.load:17") as held:           # raises LeaseTaken
        with transaction.atomic():
            held.assert_fence()                      # raises LeaseLost
            …                                        # writes

The holder renews its lease on a connection of its own, also while a long statement runs. A lease that nobody renews
runs out after `LEASE_SECONDS`; whoever takes it then gets a higher fence. `assert_fence` locks the lease's row until
the transaction ends, so nobody takes the lease over between the check and the commit. All times are the database's.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, connection

logger = structlog.get_logger(__name__)

# SKIP LOCKED: a holder in the middle of a guarded transaction is no reason to wait for it.
_TAKE_OVER = """
    UPDATE background_lease SET fence = nextval('background_lease_fence'), holder = %(holder)s,
        expires_at = clock_timestamp() + %(life)s
    WHERE name IN (
        SELECT name FROM background_lease
        WHERE name = %(name)s AND expires_at < clock_timestamp() FOR UPDATE SKIP LOCKED
    )
    RETURNING fence
"""
_TAKE_FIRST = """
    INSERT INTO background_lease (name, fence, holder, expires_at)
    VALUES (%(name)s, nextval('background_lease_fence'), %(holder)s, clock_timestamp() + %(life)s)
    ON CONFLICT (name) DO NOTHING
    RETURNING fence
"""
_RENEW = "UPDATE background_lease SET expires_at = clock_timestamp() + %s WHERE name = %s AND fence = %s"
_GIVE_BACK = "UPDATE background_lease SET expires_at = clock_timestamp() WHERE name = %s AND fence = %s"
_GUARD = "SELECT fence FROM background_lease WHERE name = %s AND fence = %s FOR SHARE"
# A holder that froze inside a guarded transaction is cut off, and with it the lock that keeps others from taking over.
_CUT_OFF = "SELECT set_config('idle_in_transaction_session_timeout', %s, true)"


class LeaseTaken(Exception):
    """Another worker holds the lease."""


class LeaseLost(Exception):
    """Another worker has taken the lease over: nothing may be written."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that this worker held when it began. `fence` is higher than that of every holder before."""

    name: str
    fence: int
    life: timedelta
    _done: threading.Event = field(default_factory=threading.Event)

    def assert_fence(self) -> None:
        """Holds the lease against a take-over until the transaction ends. Raises `LeaseLost`.

        Call it first in each transaction that writes.
        """
        if not connection.in_atomic_block:
            raise RuntimeError("assert_fence guards a transaction: call it inside one.")
        with connection.cursor() as cursor:
            cursor.execute(_CUT_OFF, [f"{int(self.life.total_seconds() * 1000)}ms"])
            cursor.execute(_GUARD, [self.name, self.fence])
            if cursor.fetchone() is None:
                raise LeaseLost(self.name)

    def renew(self) -> bool:
        """Whether it is still this worker's, for its whole life from now."""
        values: list[Any] = [self.life, self.name, self.fence]
        with connection.cursor() as cursor:
            cursor.execute(_RENEW, values)
            return bool(cursor.rowcount)

    def _keep(self) -> None:
        """Renews until the end. Runs in a thread, which has its own connection."""
        try:
            while not self._done.wait(self.life.total_seconds() / 4):
                if not self._renewed():
                    return
        finally:
            connection.close()

    def _renewed(self) -> bool:
        try:
            return self.renew()
        except Error as error:
            # The next round has a new connection; if none succeeds in time, the fence keeps us from writing.
            logger.warning("lease_not_renewed", lease=self.name, reason=type(error).__name__)
            connection.close()
            return True


@contextmanager
def lease(name: str, *, seconds: float | None = None) -> Iterator[Held]:
    """Holds the lease `name` through the block, outside a transaction; raises `LeaseTaken`."""
    if connection.in_atomic_block:
        raise RuntimeError("A lease that is taken inside a transaction is not seen by others.")
    held = _take(name, timedelta(seconds=settings.LEASE_SECONDS if seconds is None else seconds))
    keeper = threading.Thread(target=held._keep, name=f"lease {name}", daemon=True)
    keeper.start()
    try:
        yield held
    finally:
        held._done.set()
        keeper.join()
        _give_back(held)


def _take(name: str, life: timedelta) -> Held:
    values: dict[str, Any] = {"name": name, "life": life, "holder": f"{socket.gethostname()}:{os.getpid()}"}
    with connection.cursor() as cursor:
        for statement in (_TAKE_OVER, _TAKE_FIRST):
            cursor.execute(statement, values)
            if row := cursor.fetchone():
                return Held(name, row[0], life)
    raise LeaseTaken(name)


def _give_back(held: Held) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK, [held.name, held.fence])
    except Error:
        # It runs out by itself; what the block raised matters more.
        logger.warning("lease_not_given_back", lease=held.name)
