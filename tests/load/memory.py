"""The memory of every process of a load run, over time: into a CSV, and as a table with the slope after warming up."""

import csv
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from statistics import linear_regression

import psutil

MIB = 2**20
# What fills caches and pools at the beginning is no growth.
WARM_UP = 1 / 3
# Between fork and exec, or at its end, a process has no command line.
GONE = "gone"
# A slope of fewer samples says nothing.
LEAST_SAMPLES = 30


@dataclass(frozen=True, slots=True)
class Sample:
    """One process at one moment. MiB: resident, its share of what it shares (PSS), and private; threads of it."""

    seconds: float
    name: str
    pid: int
    rss: float
    pss: float
    private: float
    threads: int


@dataclass(frozen=True, slots=True)
class Row:
    """A process, or all of PostgreSQL's, from begin to end; MiB, and MiB an hour after warming up, if that is known."""

    name: str
    begin: float
    end: float
    most: float
    slope: float | None
    # The standard error of the slope, as if samples were independent.
    error: float | None = None


def look(roots: Sequence[psutil.Process], seconds: float) -> list[Sample]:
    """A sample of each root and of everything below it."""
    found = []
    for root in roots:
        for process in _with_children(root):
            try:
                found.append(_sample(process, seconds))
            except psutil.Error:
                continue  # it has ended meanwhile
    return [sample for sample in found if sample.name != GONE]


def _with_children(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _sample(process: psutil.Process, seconds: float) -> Sample:
    with process.oneshot():
        memory = process.memory_full_info()
        name = name_of(process.cmdline(), (process.parent() or process).cmdline())
        threads = process.num_threads()
    return Sample(round(seconds, 1), name, process.pid, memory.rss / MIB, memory.pss / MIB, memory.uss / MIB, threads)


def name_of(command: Sequence[str], parent: Sequence[str]) -> str:
    """What people call a process, by its command line; a child has its parent's."""
    line = " ".join(command)
    for part, name in (
        ("nginx", "front"),
        ("--workers 1 --threads 4", "health server"),
        ("config.gunicorn", "web server"),
        ("config/gunicorn.py", "web server"),
        ("urgent@", "urgent worker"),
        ("general@", "general worker"),
        ("beat --pidfile", "beat"),
        ("config.embedded.run", "supervisor"),
        ("valkey-server", "Redis"),
        ("postgres", "PostgreSQL"),
    ):
        if part in line:
            return f"{name}, process" if line == " ".join(parent) and name != "PostgreSQL" else name
    return command[0] if command else GONE


@contextmanager
def watching(roots: Sequence[psutil.Process], path: Path, *, every: float) -> Iterator[list[Sample]]:
    """Samples into the list that it gives, and into `path`, until the end of the block."""
    samples: list[Sample] = []
    done, begun = threading.Event(), time.monotonic()

    def run() -> None:
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(each.name for each in fields(Sample))
            while True:
                now = look(roots, time.monotonic() - begun)
                samples.extend(now)
                writer.writerows(astuple(sample) for sample in now)
                file.flush()
                if done.wait(every):
                    return

    watcher = threading.Thread(target=run)
    watcher.start()
    try:
        yield samples
    finally:
        done.set()
        watcher.join()


def summary(samples: Sequence[Sample]) -> list[Row]:
    """A row for each process, by name and number; PostgreSQL's together, whose sessions come and go."""
    series: dict[tuple[str, int], dict[float, float]] = defaultdict(lambda: defaultdict(float))
    for sample in samples:
        if sample.name == "PostgreSQL":
            # Resident memory would count the shared buffers once for each session.
            series["PostgreSQL, all (PSS)", 0][sample.seconds] += sample.pss
            series["PostgreSQL, private", 0][sample.seconds] += sample.private
        else:
            series[sample.name, sample.pid][sample.seconds] = sample.rss
    return [_row(f"{name} {pid}" if pid else name, values) for (name, pid), values in sorted(series.items())]


def _row(name: str, values: dict[float, float]) -> Row:
    moments = sorted(values)
    memory = [values[moment] for moment in moments]
    warm = [moment for moment in moments if moment >= moments[0] + (moments[-1] - moments[0]) * WARM_UP]
    slope, error = trend(warm, [values[moment] for moment in warm])
    return Row(name, memory[0], memory[-1], max(memory), slope, error)


def trend(seconds: Sequence[float], values: Sequence[float]) -> tuple[float | None, float | None]:
    """The slope of the straight line through the values, an hour, and its standard error; None for too few."""
    if len(seconds) < LEAST_SAMPLES:
        return None, None
    slope, start = linear_regression(seconds, values)
    mean = sum(seconds) / len(seconds)
    left_over = sum((value - start - slope * moment) ** 2 for moment, value in zip(seconds, values, strict=True))
    spread = sum((moment - mean) ** 2 for moment in seconds)
    return slope * 3600, (left_over / (len(seconds) - 2) / spread) ** 0.5 * 3600


def table(rows: Sequence[Row]) -> str:
    """Lines for a terminal."""
    lines = [f"{'MiB':<34}{'begin':>8}{'end':>8}{'most':>8}  an hour, after the first third"]
    for row in rows:
        slope = "" if row.slope is None else f"{row.slope:+8.1f} ± {row.error:.1f}"
        lines.append(f"{row.name:<34}{row.begin:8.1f}{row.end:8.1f}{row.most:8.1f}  {slope}")
    return "\n".join(lines)
