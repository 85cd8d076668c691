"""The stage: embedded services of its own, a migrated database, a real web server, and the psql beside it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from django.core.management import call_command
from django.db import connection

from config import env
from config.common.services.tokens import issue_token
from config.embedded import layout
from config.embedded.binaries import postgres_program
from tests.server import Server, database_url, start_server


@dataclass(frozen=True, slots=True)
class Stage:
    """What the parts of the bench work with. `folder` is for their files."""

    server: Server
    client: httpx.Client
    folder: Path

    def psql(self, script: str, *, into: int = subprocess.DEVNULL) -> None:
        """Runs `script`, connection and process start included."""
        command = [psql_binary(), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", script]
        subprocess.run([*command, database_url()], check=True, stdout=into)

    def memory(self) -> int:
        """Bytes of resident memory of the web server's processes, what they share counted once each."""
        master = psutil.Process(self.server.process.pid)
        return sum(process.memory_info().rss for process in (master, *master.children(recursive=True)))


def psql_binary() -> str:
    """The psql that comes with the embedded PostgreSQL."""
    return str(postgres_program(layout(env.DATA_DIR), "psql"))


@contextmanager
def set_stage(folder: Path) -> Iterator[Stage]:
    """A stage on an empty, migrated database."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE imports_correction, imports_citizen, imports_import RESTART IDENTITY")
    _, key = issue_token(username="bench", role="Managers")
    workers = os.environ.get("WEB_WORKERS", "1")
    with (
        start_server(WEB_WORKERS=workers, RATE_LIMIT_TOKEN="0", LOG_LEVEL="ERROR") as server,
        server.client(key) as client,
    ):
        yield Stage(server, client, folder)
