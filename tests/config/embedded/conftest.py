"""Real servers in data folders of their own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from config import env
from config.embedded import Layout
from config.embedded.clean import remove

# A process that joins or starts the services, says which PostgreSQL it found, and leaves when its input ends.
MEMBER = """
import sys
from pathlib import Path
from config.embedded import ensure
from config.embedded.postgres import Postgres
session = ensure(Path(sys.argv[1]), redis=False)
print(Postgres(session.layout).pid(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data folder that leaves nothing behind, below /var/lib and /tmp neither."""
    folder = tmp_path / "data"
    yield folder
    remove(folder)


@pytest.fixture
def member(data_dir: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start another process that is a member of the data folder's services."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", MEMBER, str(data_dir)]
        started.append(
            subprocess.Popen(command, cwd=env.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        return started[-1]

    yield start
    for process in started:
        process.communicate()


def reported(process: subprocess.Popen[str]) -> int:
    """The process number of PostgreSQL that a member printed."""
    assert process.stdout is not None
    return int(process.stdout.readline())


def ask(places: Layout, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement as the product's role and commit it."""
    with closing(_connect(places)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _connect(places: Layout) -> Any:
    return psycopg2.connect(
        host=str(places.socket_dir),
        port=places.postgres_port,
        user=places.user,
        password=places.password(),
        dbname=places.database,
    )
