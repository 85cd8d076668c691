"""Several files at the same time, each in a process of its own. Nothing is half-stored, whoever is killed.

This module is imported in the new processes before Django is set up.
"""

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from imports.management.file_jobs import FileJob, Outcome

# A new interpreter: a forked one would share the connections of its parent.
_SPAWN = get_context("spawn")
_SECONDS_BETWEEN = 0.1
_PATIENCE_SECONDS = 5
# Told of a file how many bytes were read and how many residents were taken in.
ReportOf = Callable[[str, int, int], None]


def load_in_parallel(file_jobs: Sequence[FileJob], *, jobs: int, report: ReportOf) -> Iterator[Outcome]:
    """What became of each, in the order in which they end. The processes end with the iteration."""
    waiting = deque(file_jobs)
    running: dict[Connection, tuple[SpawnProcess, str]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                _start(waiting.popleft(), running)
            for pipe in _ready(running):
                message = _message(pipe, running[pipe][1])
                if isinstance(message, Outcome):
                    running.pop(pipe)[0].join()
                    yield message
                else:
                    report(running[pipe][1], *message)
    finally:
        _end([process for process, _ in running.values()])


def _ready(running: dict[Connection, tuple[SpawnProcess, str]]) -> list[Connection]:
    """Those that have something to say, or have ended."""
    ready = wait(list(running))
    return [pipe for pipe in running if pipe in ready]


def _start(job: FileJob, running: dict[Connection, tuple[SpawnProcess, str]]) -> None:
    ours, theirs = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(target=_run, args=(theirs, job, os.getpid()), name=f"load {job.path}")
    process.start()
    theirs.close()
    running[ours] = process, job.path


def _message(pipe: Connection, path: str) -> Outcome | tuple[int, int]:
    try:
        message: Outcome | tuple[int, int] = pipe.recv()
    except (EOFError, OSError):
        return Outcome(path, refusal="Its process died. Nothing was stored.")
    return message


def _end(processes: list[SpawnProcess]) -> None:
    # Their connections end with them, and PostgreSQL takes back what was not committed.
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(_PATIENCE_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()


def _run(pipe: Connection, job: FileJob, parent: int) -> None:
    """The other process."""
    # Ctrl-C reaches all processes of a terminal. It is the parent that decides, and ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import django

    django.setup()
    from imports.management.load_job import load_job

    latest = time.monotonic()

    def report(size: int, residents: int) -> None:
        nonlocal latest
        if time.monotonic() - latest < _SECONDS_BETWEEN:
            return
        latest = time.monotonic()
        if os.getppid() != parent:
            # Nobody waits for this any more. Not an exception: there is nobody to tell.
            os._exit(1)
        pipe.send((size, residents))

    pipe.send(load_job(job, report))
    pipe.close()
