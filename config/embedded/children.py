"""The processes that `make run` starts beside the services: one run to its end, and servers held until the stop."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field

from config.embedded.errors import EmbeddedError
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


@dataclass
class Server:
    """A process that runs until it is stopped, with those that it starts itself, in a session of their own."""

    name: str
    command: list[str]
    # What it needs to finish its work after SIGTERM; then it is killed.
    stop_seconds: float
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def start(self) -> None:
        self._process = _spawn(self.command)

    def check(self) -> None:
        """Raises EmbeddedError when it has ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            raise EmbeddedError(f"The {self.name} ended by itself, with exit code {self._process.returncode}.")

    def stop(self) -> None:
        """End it and everything below it."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self.stop_seconds)
        _kill(self._process)


def _spawn(command: list[str], stdout: int | None = None) -> subprocess.Popen[str]:
    # Ctrl-C in the terminal reaches the supervisor alone, which stops its children in order.
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        text=True,
        start_new_session=True,
        preexec_fn=dying_with_parent(),  # noqa: PLW1509 - the supervisor has one thread
    )


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill what is left of a child's process group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
