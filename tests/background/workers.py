"""Real worker processes and a Redis of one's own, for the tests that kill them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from config import env
from config.embedded import layout
from config.embedded.binaries import redis_program
from config.embedded.process import wait_until
from tests.server import ROOT, database_url

OPTIONS = ["--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
PATIENCE_SECONDS = 40


@contextmanager
def start_worker(
    *, queues: str = "urgent,default,bulk", concurrency: int = 1, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on this test's database and queues; it and its children are killed at the end."""
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "tests.background.app", "worker", *OPTIONS]
    command += ["-Q", queues, f"--concurrency={concurrency}", "-n", f"{time.monotonic_ns()}@test"]
    variables = {**os.environ, "DATABASE_URL": database_url(), "REMAP_SIGTERM": "SIGQUIT", **environment}
    process = subprocess.Popen(command, cwd=ROOT, env=variables, start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for the worker and its children, frozen ones too."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def until(condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Return when `condition` holds; AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


class PrivateRedis:
    """A Redis server that nobody else uses, on a unix socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{folder / 'redis.sock'}"
        self.start()

    def start(self) -> None:
        program = redis_program(layout(env.DATA_DIR))
        assert program is not None
        options = ["--port", "0", "--unixsocket", str(self._folder / "redis.sock"), "--dir", str(self._folder)]
        options += ["--appendonly", "yes", "--save", "", "--loglevel", "warning"]
        self._process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        assert wait_until((self._folder / "redis.sock").is_socket, 10)

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL; what was in it is in its file."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)
        (self._folder / "redis.sock").unlink(missing_ok=True)


@contextmanager
def private_redis() -> Iterator[PrivateRedis]:
    """One that is gone at the end. Its folder has a short name: a socket's path is limited."""
    with TemporaryDirectory(prefix="demanda-", dir="/tmp") as folder:
        redis = PrivateRedis(Path(folder))
        try:
            yield redis
        finally:
            redis.kill()
