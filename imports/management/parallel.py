"""Several files at the same time, in processes that take one after the other. Nothing is half-stored if one is killed.

This module is imported in the new processes before Django is set up.
"""

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait

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
    running: list[_Process] = []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(_Process(waiting.popleft()))
            for process in _ready(running):
                message = process.message()
                if isinstance(message, tuple):
                    report(process.path, *message)
                    continue
                if message is not None and waiting:
                    process.give(waiting.popleft())
                else:
                    running.remove(process)
                    process.dismiss()
                yield message or Outcome(process.path, refusal="Its process died. Nothing was stored.")
    finally:
        _end(running)


class _Process:
    """Loads a file, and then what it is given: a start takes longer than a small file."""

    def __init__(self, job: FileJob) -> None:
        self.pipe, theirs = _SPAWN.Pipe()
        self.process = _SPAWN.Process(target=_run, args=(theirs, os.getpid()), name="load files")
        self.process.start()
        theirs.close()
        self.give(job)

    def give(self, job: FileJob) -> None:
        """Sends the next one; a process that has died says so when it is asked."""
        self.path = job.path
        with suppress(OSError):
            self.pipe.send(job)

    def message(self) -> Outcome | tuple[int, int] | None:
        """How far it is, or what became of the file; None from one that has died."""
        try:
            message: Outcome | tuple[int, int] = self.pipe.recv()
        except (EOFError, OSError):
            return None
        return message

    def dismiss(self) -> None:
        """Lets it end, as it does when nobody can give it anything."""
        self.pipe.close()
        self.process.join()


def _ready(running: Sequence[_Process]) -> list[_Process]:
    """Those that have something to say, or have died."""
    ready = wait([process.pipe for process in running])
    return [process for process in running if process.pipe in ready]


def _end(running: Sequence[_Process]) -> None:
    # Their connections end with them, and PostgreSQL takes back what was not committed.
    for one in running:
        one.process.terminate()
    for one in running:
        one.process.join(_PATIENCE_SECONDS)
        if one.process.is_alive():
            one.process.kill()
            one.process.join()


def _run(pipe: Connection, parent: int) -> None:
    """The other process."""
    # Ctrl-C reaches all processes of a terminal. It is the parent that decides, and ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import django

    django.setup()
    from imports.management.load_job import load_job

    with suppress(EOFError):
        while True:
            job = pipe.recv()
            pipe.send(load_job(job, partial(_report, pipe, parent, [time.monotonic()])))


def _report(pipe: Connection, parent: int, latest: list[float], size: int, residents: int) -> None:
    if time.monotonic() - latest[0] < _SECONDS_BETWEEN:
        return
    latest[0] = time.monotonic()
    if os.getppid() != parent:
        # Nobody waits for this any more. Not an exception: there is nobody to tell.
        os._exit(1)
    pipe.send((size, residents))
