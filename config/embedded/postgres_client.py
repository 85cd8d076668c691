"""What the launcher asks the embedded PostgreSQL, as its superuser."""

import time
from collections.abc import Callable
from contextlib import closing

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection

from config.embedded.errors import EmbeddedError, say
from config.embedded.layout import Layout


def connect(layout: Layout) -> connection:
    """Open a connection as the superuser, in autocommit."""
    opened = psycopg2.connect(
        host=str(layout.socket_dir),
        port=layout.postgres_port,
        user=layout.launcher,
        password=layout.launcher_password(),
        dbname="postgres",
        connect_timeout=10,
        # Whoever asks for the password in clear is not our server.
        require_auth="scram-sha-256",
    )
    opened.autocommit = True
    return opened


def wait_for_answer(layout: Layout, lives: Callable[[], bool]) -> None:
    """Return when the server answers as this layout's own and has its role and its database.

    `lives` tells whether its process does. Raises EmbeddedError when it will not answer.
    """
    told = time.monotonic() + 3
    while True:
        try:
            opened = connect(layout)
        except psycopg2.OperationalError as error:
            if "authentication failed" in str(error) or not lives():
                raise EmbeddedError(
                    f"The embedded PostgreSQL in {layout.postgres_data} refuses its launcher: {error}"
                ) from error
        else:
            break
        if time.monotonic() > told:
            say("waiting for PostgreSQL to answer …")
            told += 10
        time.sleep(0.05)
    with closing(opened):
        _check(layout, opened)
        _provide(layout, opened)


def _check(layout: Layout, opened: connection) -> None:
    """A copy of a data folder has the same names and passwords; it must not take its origin's server for its own."""
    with opened.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone() or ("",)
    if folder != str(layout.postgres_data):
        raise EmbeddedError(
            f"{layout.data_dir} is a copy of a data folder whose PostgreSQL runs now, in {folder}. Stop that first."
        )


def _provide(layout: Layout, opened: connection) -> None:
    """Make the product's role and database where they are missing; a start may have been killed between the two."""
    with opened.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [layout.database])
        if cursor.rowcount:
            return
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [layout.user])
        names = {"role": sql.Identifier(layout.user), "database": sql.Identifier(layout.database)}
        if not cursor.rowcount:
            # Tests make databases of their own.
            cursor.execute(
                sql.SQL("CREATE ROLE {role} LOGIN CREATEDB PASSWORD %s").format(**names), [layout.password()]
            )
        cursor.execute(sql.SQL("CREATE DATABASE {database} OWNER {role}").format(**names))
