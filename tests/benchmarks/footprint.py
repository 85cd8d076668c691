"""How much memory a piece of work takes, of the web server and of the session that serves it, and of processor time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from config import env
from config.embedded import layout
from tests.benchmarks.stage import Stage

_SECONDS_BETWEEN = 0.05


@dataclass(slots=True)
class Footprint:
    """Bytes: what the web server grew by at most, and the most private memory of a session of PostgreSQL's; seconds of
    the processor that the web server took.

    `backend` is 0 where the database is another machine's.
    """

    server: int = 0
    backend: int = 0
    processor: float = 0

    def largest(self, other: "Footprint") -> "Footprint":
        """The larger of both, each by itself."""
        return Footprint(
            max(self.server, other.server), max(self.backend, other.backend), max(self.processor, other.processor)
        )

    @property
    def note(self) -> str:
        """Both, for a row of the report."""
        return f"server +{self.server / 2**20:.0f} MiB, session {self.backend / 2**20:.0f} MiB"


@contextmanager
def footprint(stage: Stage) -> Iterator[Footprint]:
    """Looks many times a second until the end of the block."""
    found, done, before, used = Footprint(), threading.Event(), stage.memory(), stage.processor()

    def look() -> None:
        while True:
            found.server = max(found.server, stage.memory() - before)
            found.backend = max(found.backend, _largest_backend())
            if done.wait(_SECONDS_BETWEEN):
                return

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield found
    finally:
        done.set()
        watcher.join()
        found.processor = stage.processor() - used


def _largest_backend() -> int:
    recorded = layout(env.DATA_DIR).postgres_data / "postmaster.pid"
    if env.DATABASE_URL is not None or not recorded.exists():
        return 0
    postmaster = psutil.Process(int(recorded.read_text().split()[0]))
    return max((_private(process) for process in postmaster.children()), default=0)


def _private(process: psutil.Process) -> int:
    """Without the buffers that all sessions share."""
    try:
        memory = process.memory_info()
    except psutil.NoSuchProcess:
        return 0
    return int(memory.rss - memory.shared)
