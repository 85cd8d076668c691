"""Where the web server's time goes under load: a flame graph by py-spy, and the functions that take most themselves."""

import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Two watch, for one writes one format; more often would be a load of its own.
_SAMPLES_A_SECOND = "50"
_TOP = 25
# What is below it answers a request; the rest waits for one.
_ANSWERING = "ThreadWorker.handle_request (gunicorn/workers/gthread.py"
_LINE = re.compile(r":\d+\)$")
_OUR_OWN = re.compile(r"\((?:airports|analytics|config|imports)/")
# Every request passes through them.
_MIDDLEWARE = re.compile(r"Middleware\.__call__|_worker\.py|middleware")


@contextmanager
def profiled(pid: int, graph: Path) -> Iterator[None]:
    """Looks into `pid` and its children until the end of the block; writes `graph` (SVG), and its stacks beside it.

    As root, or where the system lets one process look into another.
    """
    graph.parent.mkdir(parents=True, exist_ok=True)
    spies = [_spy(pid, "flamegraph", graph), _spy(pid, "raw", stacks_of(graph))]
    try:
        yield
    finally:
        for spy in spies:
            # As Ctrl-C does: it writes what it has.
            spy.send_signal(signal.SIGINT)
        for spy in spies:
            spy.wait(60)


def stacks_of(graph: Path) -> Path:
    """A stack a line and how often it was seen, frames from the outermost, `;` between them."""
    return graph.with_suffix(".txt")


def _spy(pid: int, kind: str, into: Path) -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).with_name("py-spy")), "record", "--subprocesses", "--pid", str(pid)]
    command += ["--format", kind, "--rate", _SAMPLES_A_SECOND, "--output", str(into), "--duration", "86400"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def top(stacks: str) -> str:
    """Of the time in requests: functions by what they take themselves, and our own by that and all that they call."""
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, count = line.rpartition(" ")
        if _ANSWERING in stack:
            frames = [_LINE.sub(")", frame) for frame in stack.split(";")]
            own[frames[-1]] += int(count)
            for frame in {*frames}:
                if _OUR_OWN.search(frame) and not _MIDDLEWARE.search(frame):
                    whole[frame] += int(count)
    total = own.total() or 1
    lines = ["In themselves:", *_lines(own, total), "Our own, with what they call:", *_lines(whole, total)]
    return "\n".join(lines)


def _lines(counted: Counter[str], total: int) -> list[str]:
    return [f"{count / total:7.1%}  {name}" for name, count in counted.most_common(_TOP)]
