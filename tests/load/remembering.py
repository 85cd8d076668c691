"""`python -m tests.load.remembering`: as `config.embedded.run`, with a web server that memray watches.

Each of its processes writes what it holds into a file of its own when it ends.
"""

import subprocess
import sys
from pathlib import Path

from config.embedded import run
from tests.load.places import REMEMBERED

# What is still held at the end, and what was held at the highest point; the moments between are not kept.
MEMRAY = ["-m", "memray", "run", "--aggregate", "--follow-fork", "--force", "--quiet", "--output"]


def main() -> int:
    """The exit code of `config.embedded.run`."""
    for file in files(REMEMBERED):
        file.unlink()
    run.GUNICORN = [*MEMRAY, str(REMEMBERED), *run.GUNICORN]
    return run.main()


def files(first: Path) -> list[Path]:
    """What the processes have written that answer requests: the first one's name and their numbers."""
    return sorted(path for path in first.parent.glob(f"{first.name}.*") if path.suffix[1:].isdigit())


def report(first: Path) -> None:
    """Prints who holds most at the highest point of each process, and draws it beside its file."""
    for file in files(first):
        for arguments in (["stats", "-n", "15"], ["flamegraph", "--force", "--output", f"{file}.html"]):
            subprocess.run([sys.executable, "-m", "memray", *arguments, str(file)], check=True)


if __name__ == "__main__":
    sys.exit(main())
