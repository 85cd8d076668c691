"""The embedded PostgreSQL: made once, started, repaired, stopped. Every step is taken under the lock of its folder."""

import shlex
import shutil
import signal
import subprocess  # nosec B404 # starts programs of wheels, never through a shell
from pathlib import Path

from config.embedded.binaries import postgres_program
from config.embedded.disk import FIRST_BYTES, MIB, NO_ROOM, Ballast, free_bytes, full_disk
from config.embedded.errors import EmbeddedError, say
from config.embedded.files import private_folder, rotate, tail, write_private
from config.embedded.layout import Layout
from config.embedded.process import PROC, command_line, end, recorded, run, spawn, wait_until, working_in

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    # A query whose client was killed ends too.
    "client_connection_check_interval": "5s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # Residents' names stand in failed statements, in errors' messages and in their details: none of these is logged.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
}
# In sum below the seconds that a stop may take. The second signal leaves recovery to the next start and loses nothing.
STOP = ((signal.SIGINT, 3.0), (signal.SIGQUIT, 0.7), (signal.SIGKILL, 0.3))


class Postgres:
    """The server of one layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._data = layout.postgres_data
        self._log = layout.logs / "postgres.log"
        self._log_start = 0
        self._ballast = Ballast(layout)

    def ensure(self) -> None:
        """Join the running server or start it, and return when it answers, however long its recovery takes.

        Raises EmbeddedError, where the disk is full with what to do about it.
        """
        # Stopping and removing, as `make clean` does, must not need the driver.
        from config.embedded import postgres_client

        self._layout.make_passwords()
        if self.pid() is None:
            rotate(self._log)
        self._log_start = self._log.stat().st_size if self._log.exists() else 0
        try:
            if self.pid() is None:
                self._ballast.give_up_if_short()
                self._initialise()
                self._repair()
                self._start()
            postgres_client.wait_for_answer(self._layout, lambda: self.pid() is not None)
        except EmbeddedError as error:
            # What finds no room is removed again, so that there seems to be some: it is asked what it said.
            if NO_ROOM in f"{error}{self._new_log_lines()}" or free_bytes(self._layout.home) < MIB:
                raise full_disk(self._layout.home) from error
            raise
        self._ballast.keep()

    def pid(self) -> int | None:
        """The running server's process."""
        return recorded(self._data / "postmaster.pid", self._layout.marker)

    def stop(self) -> None:
        pid = self.pid()
        if pid is not None and not end(pid, *STOP):
            say(f"PostgreSQL (process {pid}) does not stop.")

    def _new_log_lines(self) -> str:
        return tail(self._log, since=self._log_start)

    def _initialise(self) -> None:
        if self._data.exists():
            return
        if free_bytes(self._layout.home) < FIRST_BYTES:
            raise full_disk(self._layout.home)
        # Filled beside its place: an interrupted initdb leaves nothing that looks like a database.
        partial, password_file = self._data.with_name("postgres.partial"), self._data.with_name("postgres.password")
        shutil.rmtree(partial, ignore_errors=True)
        password_file.unlink(missing_ok=True)
        private_folder(partial, self._layout.account)
        write_private(password_file, self._layout.launcher_password())
        shutil.chown(password_file, self._layout.account.uid, self._layout.account.gid)
        result = run(self._initdb(partial, password_file), self._layout.account)
        password_file.unlink()
        if result.returncode:
            raise EmbeddedError(f"initdb failed:\n{result.stdout}")
        partial.rename(self._data)

    def _initdb(self, data: Path, password_file: Path) -> list[str | Path]:
        return [
            postgres_program(self._layout, "initdb"),
            f"--pgdata={data}",
            f"--username={self._layout.launcher}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # Unicode's case rules without ICU, the same on every system.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]

    def _repair(self) -> None:
        """Clear what a killed server left: its children, and files whose process numbers may be strangers' by now."""
        if not wait_until(lambda: not self._orphans(), 1):
            for pid in self._orphans():
                end(pid, (signal.SIGKILL, 2.0))
        # PostgreSQL guards its data by postmaster.pid. It goes only where /proc has just shown that nobody works there.
        if PROC.is_dir() and not self._orphans():
            (self._data / "postmaster.pid").unlink(missing_ok=True)
        for socket in self._layout.socket_dir.glob(".s.PGSQL.*"):
            socket.unlink()

    def _orphans(self) -> list[int]:
        """The processes of a server that was killed, and nobody's shell."""
        lines = {pid: command_line(pid) for pid in working_in(self._data)}
        return [pid for pid, line in lines.items() if line.startswith("postgres: ") or self._layout.marker in line]

    def _start(self) -> None:
        settings = SETTINGS | {
            "unix_socket_directories": str(self._layout.socket_dir),
            "port": str(self._layout.postgres_port),
        }
        options = shlex.join([part for name, value in settings.items() for part in ("-c", f"{name}={value}")])
        # No limit of its own: crash recovery may take minutes. pg_ctl ends when the server has started or died.
        wait = ["-w", "-t", "864000", "-s"]
        program = postgres_program(self._layout, "pg_ctl")
        command: list[str | Path] = [program, "start", *wait, "-D", self._data, "-l", self._log, "-o", options]
        with spawn(command, self._layout.account) as starter:
            try:
                output = self._await(starter)
            except BaseException:
                starter.kill()
                raise
        if starter.returncode:
            raise EmbeddedError(f"PostgreSQL does not start: {output}\n{self._new_log_lines()}")

    def _await(self, starter: subprocess.Popen[str]) -> str:
        while True:
            try:
                output, _ = starter.communicate(timeout=5)
            except subprocess.TimeoutExpired:
                say(f"waiting for PostgreSQL, which recovers after a crash (log: {self._log}) …")
            else:
                return output
