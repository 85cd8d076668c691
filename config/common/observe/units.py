"""A unit of work, a request or a task: how long it takes, what it asks of the database, what it said so far.

The unit stands in a context variable, so it follows the request's thread and nobody else's work.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from logging import LogRecord
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

# Of a unit that fails, so many of its last lines and queries are shown: enough to tell the story, small in memory.
KEPT_LINES = 100
KEPT_QUERIES = 30

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


class Query(NamedTuple):
    """A query with its placeholders, never with its parameters; when it began (seconds since 1970), and how long it
    took (seconds)."""

    sql: str
    began_at: float
    seconds: float


class Unit:
    """What is known of the work so far.

    A profiler that wants every query sets `trace`, and adds to `at_end` what to do once the line is written.
    """

    __slots__ = ("_began", "at_end", "database_seconds", "lines", "queries", "recent", "trace")

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self.queries = 0
        self.database_seconds = 0.0
        self.recent: deque[Query] = deque(maxlen=KEPT_QUERIES)
        self.lines: deque[LogRecord] = deque(maxlen=KEPT_LINES)
        self.trace: Callable[[Query], None] | None = None
        self.at_end: list[Callable[[], None]] = []

    def seconds(self) -> float:
        """Since the unit began."""
        return time.perf_counter() - self._began

    def note(self, sql: str, seconds: float) -> None:
        """A query, or a COPY, has ended."""
        self.queries += 1
        self.database_seconds += seconds
        query = Query(sql, time.time() - seconds, seconds)
        self.recent.append(query)
        if self.trace is not None:
            self.trace(query)

    def close(self) -> None:
        """The work is over."""
        self.trace = None
        for step in self.at_end:
            step()
        self.at_end.clear()

    def figures(self) -> dict[str, Any]:
        """For the log line: milliseconds and a count."""
        return {
            "duration_ms": round(self.seconds() * 1000, 1),
            "queries": self.queries,
            "db_ms": round(self.database_seconds * 1000, 1),
        }


_current: ContextVar[Unit | None] = ContextVar("unit", default=None)


def current() -> Unit | None:
    """The unit that this code works for; None outside of requests and tasks."""
    return _current.get()


def begin() -> Token[Unit | None]:
    """A new unit begins here. Give the token to `end`."""
    return _current.set(Unit())


def end(token: Token[Unit | None]) -> None:
    """What comes now is no longer the unit's."""
    _current.reset(token)


@contextmanager
def timed(sql: str) -> Iterator[None]:
    """For what the database does outside `cursor.execute`: a COPY. It counts as one query, from its begin to its end,
    what feeds it included."""
    began = time.perf_counter()
    try:
        yield
    finally:
        unit = _current.get()
        if unit is not None:
            unit.note(sql, time.perf_counter() - began)


def _count(execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    unit = _current.get()
    if unit is None:
        return execute(sql, params, many, context)
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        unit.note(sql, time.perf_counter() - began)


def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Counts the queries of a connection from now on; called at each new one."""
    if _count not in connection.execute_wrappers:
        connection.execute_wrappers.append(_count)


def install() -> None:
    """Counts the queries of every connection of this process."""
    connection_created.connect(watch, dispatch_uid="observe.queries")
