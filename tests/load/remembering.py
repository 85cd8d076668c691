"""`python -m tests.load.remembering`: as `config.embedded.run`, with a web server that memray watches.

Each of its processes writes what it holds into a file of its own when it ends.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from memray import FileReader

from config.embedded import front, run
from tests.load.places import REMEMBERED, ROOT

# What is still held at the end, and what was held at the highest point; the moments between are not kept.
MEMRAY = ["-m", "memray", "run", "--aggregate", "--follow-fork", "--force", "--quiet", "--output"]
_TOP = 15
_SITE = re.compile(r".*/site-packages/|" + re.escape(f"{ROOT}/"))


def main() -> int:
    """The exit code of `config.embedded.run`."""
    for file in files(REMEMBERED):
        file.unlink()
    front.WORK = [*MEMRAY, str(REMEMBERED), *front.WORK]
    return run.main()


def files(first: Path) -> list[Path]:
    """What the processes have written that answer requests: the first one's name and their numbers."""
    return sorted(path for path in first.parent.glob(f"{first.name}.*") if path.suffix[1:].isdigit())


def report(first: Path) -> None:
    """Prints where the memory was asked for that each process holds at its highest point, and draws it as HTML."""
    for file in files(first):
        drawn = f"{file}.html"
        command = [sys.executable, "-m", "memray", "flamegraph", "--force", "--output", drawn, str(file)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        print(f"\n{drawn}", *held(file), sep="\n")


def held(file: Path) -> list[str]:
    """The lines of code that hold most, in MiB, the largest first."""
    counted: Counter[str] = Counter()
    with FileReader(file) as reader:
        for record in reader.get_high_watermark_allocation_records(merge_threads=True):
            function, path, line = (record.stack_trace(max_stacks=1) or [("no Python", "", 0)])[0]
            counted[f"{function} ({_SITE.sub('', path)}:{line})"] += record.size
    everything = f"{counted.total() / 2**20:9.1f}  all"
    return [everything, *(f"{size / 2**20:9.1f}  {place}" for place, size in counted.most_common(_TOP))]


if __name__ == "__main__":
    sys.exit(main())
