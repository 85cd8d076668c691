"""The processes that `make run` starts beside the services: one run to its end, and servers held until the stop."""

import os
import signal
import subprocess  # nosec B404 # starts programs of wheels, never through a shell
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from config.embedded.errors import EmbeddedError, say
from config.embedded.process import dying_with_parent


def run_to_end(module: str) -> str:
    """Run `python -m module` and return what it printed; it dies when the wait is interrupted.

    Raises EmbeddedError when it fails.
    """
    process = _spawn([sys.executable, "-m", module], stdout=subprocess.PIPE)
    try:
        output, _ = process.communicate()
    except BaseException:
        _kill(process)
        raise
    if process.returncode:
        raise EmbeddedError(f"{module} ended with exit code {process.returncode}; nothing is served.")
    return output


# At least so long between two starts of a server that ends by itself.
RESTART_SECONDS = 5.0


@dataclass
class Server:
    """A process that runs until it is stopped, with those that it starts itself, in a session of their own."""

    name: str
    command: list[str]
    # What it needs to finish its work after the signal that asks for its end; then it is killed.
    stop_seconds: float
    stop_signal: signal.Signals = signal.SIGTERM
    # On top of the supervisor's environment.
    environment: Mapping[str, str] = field(default_factory=dict)
    # Whether the rest can go on while it is started again.
    replaceable: bool = False
    _process: subprocess.Popen[str] | None = field(default=None, init=False)
    _started_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        self._started_at = time.monotonic()
        self._process = _spawn(self.command, environment=self.environment)

    def check(self) -> None:
        """Start it again when it has ended by itself; raises EmbeddedError where nothing goes on without it."""
        if self._process is None or self._process.poll() is None:
            return
        ended = f"The {self.name} ended by itself, with exit code {self._process.returncode}."
        if not self.replaceable:
            raise EmbeddedError(ended)
        # One that cannot start at all is not tried in a tight loop.
        if time.monotonic() > self._started_at + RESTART_SECONDS:
            say(f"{ended} Starting another.")
            _kill(self._process)
            self.start()

    def stop(self) -> None:
        """End it and everything below it."""
        self.terminate()
        self.wait()

    def terminate(self) -> None:
        """Ask it to end, once: to many programs a second signal means at once."""
        if self._process is not None:
            self._process.send_signal(self.stop_signal)

    def wait(self) -> None:
        """See it and everything below it off, by force when its time is over."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self.stop_seconds)
        _kill(self._process)


def stop_all(servers: Sequence[Server]) -> None:
    """End them at the same time, so that the longest takes no longer than alone."""
    for server in servers:
        server.terminate()
    for server in servers:
        server.wait()


def _spawn(
    command: list[str], stdout: int | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    # Ctrl-C in the terminal reaches the supervisor alone, which stops its children in order.
    return subprocess.Popen(  # nosec B603 # a list of arguments, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        env={**os.environ, **(environment or {})},
        text=True,
        start_new_session=True,
        preexec_fn=dying_with_parent(),  # noqa: PLW1509 - the supervisor has one thread
    )


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill what is left of a child's process group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
