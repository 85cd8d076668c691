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
# A thread of gunicorn that waits for its next request, as py-spy sees it.
_WAITING = ("(selectors.py", "(threading.py", "_worker (concurrent/futures/thread.py")
_LINE = re.compile(r":\d+\)$")


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
    """Two lists: functions by the time in themselves, and by the time in them and all that they call."""
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = [_LINE.sub(")", frame) for frame in stack.split(";")]
        if any(part in frames[-1] for part in _WAITING):
            continue
        own[frames[-1]] += int(count)
        for frame in set(frames):
            whole[frame] += int(count)
    total = own.total() or 1
    lists = [f"{count / total:7.1%}  {name}" for counted in (own, whole) for name, count in counted.most_common(_TOP)]
    split = min(_TOP, len(own))
    return "\n".join(["In themselves:", *lists[:split], "With what they call:", *lists[split:]])
