"""The connections of a web server, which its watchdog can cut off wherever they wait.

psycopg2's own way to extend connections and cursors: Django's `execute_wrappers` see neither a COPY, the rows of a
stream, a commit, nor the check of a connection before its use.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from socket import SHUT_RDWR, socket
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg2 import OperationalError
from psycopg2.extensions import connection, cursor

from config.common.db.in_flight import InFlight
from config.common.db.liveness import Asker
from config.common.db.sessions import SESSION
from config.common.db.watchdog import IN_FLIGHT, WATCHDOG, Watchdog


class InDoubt(OperationalError):
    """The connection was lost while the server was to make a change last: it may have done so."""


def install() -> None:
    """Has this process, and those that it forks, make such connections, watched by a watchdog each."""
    for alias in connections:
        factory = WatchedConnection if alias in (DEFAULT_DB_ALIAS, SESSION) else _watched_apart(alias)
        options = {"connection_factory": factory, "cursor_factory": WatchedCursor}
        connections[alias].settings_dict["OPTIONS"].update(options)


def _watched_apart(alias: str) -> type["WatchedConnection"]:
    """Connections of a replica, which may be silent while the primary answers."""
    in_flight = InFlight()
    watchdog = Watchdog(in_flight, Asker(alias).ask)

    class Apart(WatchedConnection):
        def in_flight(self) -> InFlight:
            return in_flight

        def watchdog(self) -> Watchdog:
            return watchdog

    return Apart


class WatchedConnection(connection):
    """A connection that is in flight while it waits for the server."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.watchdog().start()
        # It has a limit of its own, `connect_timeout`, and counts as a reason to ask.
        with self.in_flight().wait(lambda: None):
            super().__init__(*args, **kwargs)
        # A handle of its own: libpq may close its own at any time, and the number be another socket's.
        self._handle = socket(fileno=os.dup(self.fileno()))

    def waiting(self) -> AbstractContextManager[None]:
        """The block waits for the server."""
        return self.in_flight().wait(self._cut)

    def in_flight(self) -> InFlight:
        """The waits among which its own are."""
        return IN_FLIGHT

    def watchdog(self) -> Watchdog:
        """Who looks at them."""
        return WATCHDOG

    def _cut(self) -> None:
        # The server may have closed it.
        with suppress(OSError):
            self._handle.shutdown(SHUT_RDWR)

    @contextmanager
    def lasting(self) -> Iterator[None]:
        """The block waits for a change that lasts once the server has made it. Raises `InDoubt` when it is lost."""
        with self.waiting():
            try:
                yield
            except OperationalError as error:
                if self.closed:
                    raise InDoubt(*error.args) from error
                raise

    def commit(self) -> None:
        with self.lasting():
            super().commit()

    def rollback(self) -> None:
        with self.waiting():
            super().rollback()

    def close(self) -> None:
        super().close()
        self._handle.close()


class WatchedCursor(cursor):
    """A cursor of such a connection: what Django and the product call of it and what may wait."""

    connection: WatchedConnection

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's own name
        changes = self.connection.autocommit and not _reads(query)
        with self.connection.lasting() if changes else self.connection.waiting():
            super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        with self.connection.waiting():
            super().executemany(query, vars_list)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        with self.connection.waiting():
            super().copy_expert(sql, file, size)

    def fetchone(self) -> Any:
        with self._fetching():
            return super().fetchone()

    def fetchmany(self, *args: Any, **kwargs: Any) -> Any:
        with self._fetching():
            return super().fetchmany(*args, **kwargs)

    def fetchall(self) -> Any:
        with self._fetching():
            return super().fetchall()

    def close(self) -> None:
        with self._fetching():
            super().close()

    @contextmanager
    def _fetching(self) -> Iterator[None]:
        # Only what has a name on the server lies there; all other rows have come with the statement.
        if self.name is None or self.closed:
            yield
        else:
            with self.connection.waiting():
                yield


def _reads(query: Any) -> bool:
    return isinstance(query, str) and query.lstrip()[:6].upper() == "SELECT"
