"""Debian's PostgreSQL 15 in a cluster of one's own: the oldest that is supported, and the one that may have PostGIS.

`python -m tests.debian_postgresql ARGUMENTS` runs pytest with these arguments against one that is gone at the end, or
against the server that DATABASE_URL names.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
POSTGIS = Path("/usr/share/postgresql/15/extension/postgis.control")
SUPERUSER, USER = "postgres", "demanda"
_START = ("-c listen_addresses=", "-c fsync=off", "-c max_connections=200", "-c log_min_messages=log")


@contextmanager
def debian_postgresql(*options: str) -> Iterator[Path]:
    """The socket folder of a running cluster, with the role `USER`, which may make databases; root runs it as `nobody`.

    Raises FileNotFoundError without Debian's package `postgresql-15`.
    """
    # The path of a socket is short, and others than root must be able to enter.
    with tempfile.TemporaryDirectory(prefix="demanda-pg15-", dir="/tmp") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        data = folder / "data"
        names = ("--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8")
        run("initdb", "--pgdata", data, *names, "--no-sync")
        line = " ".join([*_START, f"-c unix_socket_directories={folder}", *options])
        run("pg_ctl", "--pgdata", data, "--wait", "--log", folder / "log", "--options", line, "start")
        try:
            if POSTGIS.exists():
                # No user but this one may make it; every new database has it.
                psql(folder, "CREATE EXTENSION postgis", database="template1")
            psql(folder, f"CREATE ROLE {USER} LOGIN CREATEDB; CREATE DATABASE {USER} OWNER {USER};")
            yield folder
        finally:
            run("pg_ctl", "--pgdata", data, "--wait", "--mode", "immediate", "stop")


def psql(socket: Path, sql: str, *, database: str = "postgres") -> list[str]:
    """The words that the superuser's statements print. Raises CalledProcessError."""
    arguments = ("--no-psqlrc", "-v", "ON_ERROR_STOP=1", "--quiet", "--tuples-only", "--no-align", "--file", "-")
    return run("psql", "--host", socket, "--username", SUPERUSER, "--dbname", database, *arguments, text=sql).split()


def address(socket: Path, *, user: str = USER, database: str = USER) -> str:
    """The address of a database of the cluster."""
    return f"postgres://{user}@{quote(str(socket), safe='')}:5432/{database}"


def run(program: str, *arguments: str | Path, text: str = "") -> str:
    """What the program prints. Raises CalledProcessError."""
    user: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    # Not a pipe: the server that pg_ctl starts would hold it open.
    with tempfile.TemporaryFile("w+") as output:
        command = [PROGRAMS / program, *arguments]
        subprocess.run(command, input=text, stdout=output, text=True, check=True, cwd="/", **user)
        output.seek(0)
        return output.read()


def main(arguments: Sequence[str]) -> int:
    """The exit code of pytest."""
    command = [sys.executable, "-m", "pytest", *arguments]
    if os.environ.get("DATABASE_URL"):
        return subprocess.call(command)
    with debian_postgresql() as socket:
        return subprocess.call(command, env={**os.environ, "DATABASE_URL": address(socket)})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
