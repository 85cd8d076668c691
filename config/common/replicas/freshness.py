"""How fresh a replica is: it is asked each second, by a thread of each web server's process.

Its clock and what it believes of its primary count for nothing. The primary is asked first how far its log is, and then
the replica how far it has read: so it has all that was stored when the primary last said no more than that. A primary
without work, a replica that lost its primary and one that is held back come out right alike.
"""

import time
from collections import deque
from threading import Lock, Thread

import psycopg2
import structlog
from django.db import DEFAULT_DB_ALIAS, Error, connections

from config.common.db.liveness import KeptQuestion
from config.common.replicas.floors import Floors
from config.common.replicas.metrics import LAG

TICK_SECONDS = 1.0
# More than any lag that somebody would allow; a replica that is farther behind is only known to be so.
_MOMENTS = 3600
_PRIMARY = "SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn, system_identifier FROM pg_control_system()"
_REPLAYED = "pg_last_wal_replay_lsn() - '0/0'::pg_lsn"
_REPLICA = f"SELECT {_REPLAYED}, system_identifier, pg_is_in_recovery() FROM pg_control_system()"  # nosec B608 # constants

logger = structlog.get_logger(__name__)


class NoReplica(Exception):
    """The server does not follow the primary: it was promoted, or is another database's."""


class Replica:
    """What is known of the replica that the settings call `alias`. Positions are bytes of the log since its begin.

    Its thread looks after the `floors` as well.
    """

    def __init__(self, alias: str, floors: Floors) -> None:
        self.alias = alias
        self._floors = floors
        self._ask_primary = KeptQuestion(_PRIMARY, alias=DEFAULT_DB_ALIAS)
        self._ask_replica = KeptQuestion(_REPLICA, alias=alias)
        # How far the log was when the primary was asked, newest last.
        self._moments: deque[tuple[float, int]] = deque(maxlen=_MOMENTS)
        self._fresh_at = float("-inf")
        self._replayed = 0
        self._well = True
        self._began = time.monotonic()
        self._lock = Lock()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Starts to ask, unless that is done already. In the process that serves: a thread does not survive a fork."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name=f"{self.alias}-freshness", daemon=True)
                self._thread.start()

    def lag(self) -> float:
        """The seconds of which it may lack what was stored; infinite while nobody knows."""
        return time.monotonic() - self._fresh_at

    def leave_out(self) -> None:
        """Takes it for late until it answers again."""
        self._fresh_at = float("-inf")

    def has(self, position: int) -> bool:
        """Whether it has read the log up to `position`; asked over this thread's connection where that is in doubt."""
        if self._replayed >= position:
            return True
        try:
            with connections[self.alias].cursor() as cursor:
                cursor.execute(f"SELECT {_REPLAYED}")
                replayed = int(cursor.fetchone()[0] or 0)
        except Error:
            self.leave_out()
            return False
        self._replayed = max(self._replayed, replayed)
        return replayed >= position

    def look(self) -> None:
        """Asks primary and replica. Raises `NoReplica`, `TimeoutError`, and the errors of psycopg2."""
        now = time.monotonic()
        written, system = self._ask_primary.ask()
        if self._moments and written < self._moments[-1][1]:
            # After a fail-over, which may have lost the end of the log.
            self._moments.clear()
        self._moments.append((now, int(written)))
        replayed, its_system, follows = self._ask_replica.ask()
        if not follows or its_system != system:
            self._replayed = 0
            raise NoReplica("It was promoted, or is a copy of another server.")
        self._replayed = int(replayed or 0)
        while self._moments and self._moments[0][1] <= self._replayed:
            self._fresh_at, _ = self._moments.popleft()

    def _run(self) -> None:
        while True:
            self._floors.look()
            try:
                self.look()
                self._note(well=True)
            except (NoReplica, TimeoutError, psycopg2.Error) as error:
                # It is as fresh as it was known to be, and somebody who reads there in vain asks the primary.
                if isinstance(error, NoReplica) or not self._well:
                    self.leave_out()
                self._note(well=False, reason=type(error).__name__)
            except Exception:
                self.leave_out()
                logger.exception("replica_not_asked", replica=self.alias)
            LAG.labels(self.alias).set(min(self.lag(), time.monotonic() - self._began))
            time.sleep(TICK_SECONDS)

    def _note(self, *, well: bool, **reason: str) -> None:
        if well != self._well:
            logger.warning("replica_answers_again" if well else "replica_away", replica=self.alias, **reason)
        self._well = well
