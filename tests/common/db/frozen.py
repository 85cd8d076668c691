"""A PostgreSQL of one's own, to freeze and to thaw: the suite's is everybody's."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import psutil
import psycopg2
from psycopg2.extensions import connection, cursor

from config.embedded import Layout, ensure
from config.embedded.clean import remove
from config.embedded.postgres import Postgres
from tests.server import ROOT


class PrivatePostgres:
    """A running server, without any table of the product's."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.settings = {
            "HOST": str(layout.socket_dir),
            "PORT": str(layout.postgres_port),
            "USER": layout.user,
            "PASSWORD": layout.password(),
            "NAME": layout.database,
        }
        sign_in = f"{layout.user}:{quote(layout.password(), safe='')}"
        host = quote(str(layout.socket_dir), safe="")
        self.url = f"postgres://{sign_in}@{host}:{layout.postgres_port}/{layout.database}"
        pid = Postgres(layout).pid()
        assert pid is not None
        self._postmaster = psutil.Process(pid)
        self._frozen: list[psutil.Process] = []

    def connect(self, factory: type[connection] | None = None, cursors: type[cursor] | None = None) -> connection:
        """A connection that commits every statement; of the classes that are named."""
        names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
        parameters = {names[name]: value for name, value in self.settings.items()}
        opened: connection = psycopg2.connect(connection_factory=factory, cursor_factory=cursors, **parameters)
        opened.autocommit = True
        return opened

    def freeze(self, *, pid: int | None = None, postmaster_only: bool = False) -> None:
        """Stops all its processes, the one named, or the one that lets new callers in."""
        if pid is not None:
            self._frozen = [psutil.Process(pid)]
        else:
            # The first one first: it starts no others then.
            self._postmaster.suspend()
            self._frozen = [self._postmaster, *([] if postmaster_only else self._postmaster.children())]
        for process in self._frozen:
            process.suspend()

    def kill(self) -> None:
        """Ends it as a fault of its machine does: nothing is written any more."""
        processes = [self._postmaster, *self._postmaster.children()]
        for process in processes:
            process.kill()
        psutil.wait_procs(processes, timeout=10)

    def start(self) -> None:
        """Starts it again on what it had written."""
        running = Postgres(self.layout)
        running.ensure()
        self._postmaster = psutil.Process(running.pid())

    def thaw(self) -> None:
        """Lets them go on."""
        for process in self._frozen:
            if process.is_running():
                process.send_signal(signal.SIGCONT)
        self._frozen = []

    def manage(self, *arguments: str) -> str:
        """What `manage.py` prints that works on this server."""
        command = [sys.executable, "manage.py", *arguments]
        environment = {**os.environ, "DATABASE_URL": self.url}
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()


@contextmanager
def private_postgres() -> Iterator[PrivatePostgres]:
    """One that is gone at the end, frozen or not."""
    with TemporaryDirectory(prefix="demanda-", dir="/tmp") as folder:
        session = ensure(Path(folder) / "data", redis=False)
        postgres = PrivatePostgres(session.layout)
        try:
            yield postgres
        finally:
            postgres.thaw()
            session.close()
            remove(Path(folder) / "data")
