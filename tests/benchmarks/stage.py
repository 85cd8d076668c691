"""The stage: embedded services of its own, a migrated database, a real web server, and the psql beside it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from django.core.management import call_command
from django.db import connection

from config import env
from config.common.accounts.services.tokens import issue_token
from config.embedded import layout
from config.embedded.binaries import postgres_program
from tests.benchmarks.client import Client
from tests.server import Server, database_url, start_server


@dataclass(frozen=True, slots=True)
class Stage:
    """What the parts of the bench work with. `folder` is for their files, `processes` are what answers."""

    server: Server
    token: str
    client: Client
    folder: Path
    processes: list[psutil.Process]

    def psql(self, script: str, *, into: int = subprocess.DEVNULL) -> None:
        """Runs `script`, connection and process start included."""
        command = [psql_binary(), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", script]
        subprocess.run([*command, database_url()], check=True, stdout=into)

    def memory(self) -> int:
        """Bytes of resident memory of the processes that answer and of theirs, what they share counted once each."""
        return int(self._sum(lambda one: one.memory_info().rss))

    def processor(self) -> float:
        """Seconds of the processor that they have taken so far."""
        return self._sum(lambda one: sum(one.cpu_times()[:2]))

    def _sum(self, of: Callable[[psutil.Process], float]) -> float:
        return sum(_of_running(one, of) for top in self.processes for one in (top, *top.children(recursive=True)))


def _of_running(process: psutil.Process, of: Callable[[psutil.Process], float]) -> float:
    """0 of one that has ended meanwhile."""
    try:
        return of(process)
    except psutil.NoSuchProcess:
        return 0


def psql_binary() -> str:
    """The psql that comes with the embedded PostgreSQL."""
    return str(postgres_program(layout(env.DATA_DIR), "psql"))


@contextmanager
def set_stage(folder: Path) -> Iterator[Stage]:
    """A stage on an empty, migrated database."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE imports_correction, imports_citizen, imports_import RESTART IDENTITY CASCADE")
    _, key = issue_token(username="bench", role="Managers")
    before = psutil.Process().children()
    with start_server(**_server_settings()) as server:
        started = [process for process in psutil.Process().children() if process not in before]
        yield Stage(server, key, Client(server.url, key), folder, started)


@contextmanager
def other_server(checkout: Path) -> Iterator[str]:
    """The address of the server of another checkout, of an older release say, on the same database."""
    environment = {**os.environ, "DATABASE_URL": database_url()}
    command = [sys.executable, "-c", _SERVE, json.dumps(_server_settings())]
    with subprocess.Popen(command, cwd=checkout, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin
        assert run.stdout
        try:
            url = run.stdout.readline().decode().strip()
            if not url:
                raise RuntimeError(f"The server of {checkout} did not start")
            yield url
        finally:
            run.stdin.close()


# With the other checkout's code: it is first on the path there. Ends when nobody can write to it any more.
_SERVE = """
import django, json, sys
django.setup()
from tests.server import start_server
with start_server(**json.loads(sys.argv[1])) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


def _server_settings() -> dict[str, Any]:
    return {"WEB_WORKERS": os.environ.get("WEB_WORKERS", "1"), "RATE_LIMIT_TOKEN": "0", "LOG_LEVEL": "ERROR"}
