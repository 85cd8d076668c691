"""Whether PostgreSQL answers, asked with a limit: libpq waits for ever for a server that is frozen or cut off."""

import select
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum, auto
from threading import Lock
from typing import Any, Generic, TypeVar

import psycopg2
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg2.extensions import POLL_OK, POLL_READ, connection

from config.common.db.sessions import session_alias

# What a kept connection, and then a new one, may take each. On a healthy server it is a millisecond, and ten.
PATIENCE_SECONDS = 1.5

_T = TypeVar("_T")


class Liveness(Enum):
    """What became of a question: an answer, nothing at all, or an error, which says little of open connections."""

    ANSWERS = auto()
    SILENT = auto()
    REFUSES = auto()


def connect(*, by: float, alias: str = DEFAULT_DB_ALIAS) -> connection:
    """Opens an asynchronous connection to the product's database, or to the replica `alias`.

    Raises `TimeoutError` when it is not there `by` this moment of `time.monotonic`, and the errors of psycopg2.
    """
    parameters = connections[alias].get_connection_params()
    # The classes of the web server's connections watch who waits; here nobody waits for long.
    parameters |= {"connection_factory": None, "cursor_factory": None}
    opened: connection = psycopg2.connect(**parameters, async_=True)
    try:
        _finish(opened, by)
    except BaseException:
        opened.close()
        raise
    return opened


def fetch(opened: connection, statement: str, *, by: float) -> list[tuple[Any, ...]]:
    """Fetches the rows of a statement over a connection of `connect`; raises as that does."""
    with opened.cursor() as cursor:
        cursor.execute(statement)
        _finish(opened, by)
        return cursor.fetchall()


def _finish(opened: connection, by: float) -> None:
    """Returns when the server has said what it has to say."""
    while (state := opened.poll()) != POLL_OK:
        poller = select.poll()
        poller.register(opened.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        # What has come already counts, however late this thread is.
        if not poller.poll(max(0.0, by - time.monotonic()) * 1000):
            raise TimeoutError("PostgreSQL does not answer.")


class KeptQuestion:
    """A statement that is asked again and again, over a connection that is kept, with `PATIENCE_SECONDS` each time."""

    def __init__(self, statement: str, *, alias: str) -> None:
        self._statement, self._alias = statement, alias
        self._kept: connection | None = None

    def ask(self) -> tuple[Any, ...]:
        """Fetches the first row. Raises as `connect` does; the next question has a new connection then."""
        by = time.monotonic() + PATIENCE_SECONDS
        try:
            if self._kept is None:
                # A pooler whose sessions are all at work lets a question wait, as if the server were frozen.
                past = session_alias() if self._alias == DEFAULT_DB_ALIAS else self._alias
                self._kept = connect(by=by, alias=past)
            return fetch(self._kept, self._statement, by=by)[0]
        except BaseException:
            self.close()
            raise

    def is_open(self) -> bool:
        """Whether there is a connection of a question before."""
        return self._kept is not None

    def close(self) -> None:
        """Ends the kept connection."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()


class Asker:
    """Asks whether the server answers, over a connection that it keeps, and where that says nothing over a new one.

    So neither a frozen postmaster nor a single frozen process of the server counts as a frozen server.
    """

    def __init__(self, alias: str = DEFAULT_DB_ALIAS) -> None:
        self._question = KeptQuestion("SELECT 1", alias=alias)

    def ask(self) -> Liveness:
        """Says it after `PATIENCE_SECONDS` twice at the latest, unless the host's name is not found in that time."""
        kept = self._ask() if self._question.is_open() else Liveness.REFUSES
        if kept is Liveness.ANSWERS:
            return kept
        new = self._ask()
        return kept if new is Liveness.REFUSES else new

    def _ask(self) -> Liveness:
        try:
            self._question.ask()
        except TimeoutError:
            return Liveness.SILENT
        except psycopg2.Error:
            return Liveness.REFUSES
        return Liveness.ANSWERS

    def close(self) -> None:
        """Ends the kept connection."""
        self._question.close()


class SharedQuestion(Generic[_T]):
    """A question that is under way once at most: whoever has it meanwhile waits for the same answer.

    It is asked in a thread of its own, because finding a host's address has no limit.
    """

    def __init__(self, ask: Callable[[], _T]) -> None:
        self._ask = ask
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._under_way: Future[_T] | None = None

    def answer(self, *, within: float) -> _T:
        """Raises `TimeoutError` after `within` seconds, and what the question raises."""
        with self._lock:
            if self._under_way is None or self._under_way.done():
                self._under_way = self._thread.submit(self._ask)
            under_way = self._under_way
        return under_way.result(within)
