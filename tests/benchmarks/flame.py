"""`python -m tests.benchmarks.flame [--citizens N]`: where the web server's time goes while it loads a delivery.

Writes `docs/scaling-load.svg`, a flame graph by py-spy, and prints the functions that take most of the time themselves.
As root, or where the system lets one process look into another.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.benchmarks.__main__ import ROOT, prepare

if TYPE_CHECKING:
    from tests.benchmarks.stage import Stage

_TOP = 12
_SAMPLES_A_SECOND = "200"


def main() -> int:
    """Loads the same delivery twice: py-spy writes one format at a time."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.flame", description=__doc__)
    parser.add_argument("--citizens", type=int, default=500_000)
    citizens = parser.parse_args().citizens
    session = prepare()
    from tests.benchmarks.scaling import Files
    from tests.benchmarks.stage import set_stage

    with tempfile.TemporaryDirectory() as folder, set_stage(Path(folder)) as stage:
        files = Files(stage.folder, citizens)
        picture = ROOT / "docs" / "scaling-load.svg"
        _record(stage, files.ndjson, "flamegraph", picture)
        picture.write_text(titled(picture.read_text(), f"The web server loads a delivery of {citizens:,} residents"))
        raw = stage.folder / "raw"
        _record(stage, files.ndjson, "raw", raw)
        print(_top(raw.read_text()))
    session.close()
    return 0


def titled(svg: str, title: str) -> str:
    """The picture with a title of ours: py-spy's is its command, with the folders of whoever drew it."""
    return re.sub(r'(<text id="title"[^>]*>)[^<]*', lambda found: found[1] + title, svg, count=1)


def _record(stage: "Stage", body: Path, kind: str, into: Path) -> None:
    from tests.benchmarks.scaling import NDJSON

    (worker,) = psutil.Process(stage.server.process.pid).children()
    command = [str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(worker.pid), "--format", kind]
    command += ["--rate", _SAMPLES_A_SECOND, "--output", str(into), "--duration", "3600"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as spy:
        try:
            stage.client.upload("/imports", body, NDJSON)
        finally:
            # As Ctrl-C does: it writes what it has.
            spy.send_signal(2)


def _top(raw: str) -> str:
    """Each function's own part of the samples of the thread that loads, the largest first."""
    own: Counter[str] = Counter()
    for line in raw.splitlines():
        stack, _, count = line.rpartition(" ")
        if "load_stream" in stack:
            own[stack.rpartition(";")[2]] += int(count)
    total = own.total() or 1
    return "\n".join(f"{count / total:6.1%}  {name}" for name, count in own.most_common(_TOP))


if __name__ == "__main__":
    sys.exit(main())
