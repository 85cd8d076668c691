"""`python -m tests.load [--profile GRAPH.svg | --profile-memory]`: the real mix of requests against a production.

Behind `make load`, `make profile` and `make profile-memory`. Prints rates and times by request, and the memory of every
process. LOAD_SECONDS (120), LOAD_USERS (20), LOAD_PAUSE (seconds between two tasks of a user, on average, 1),
LOAD_SAMPLE (seconds between two looks at the memory, 10), LOAD_DIR (.data/load), PORT (8117).
"""

import argparse
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psutil

from config.embedded import layout
from config.embedded.postgres import Postgres
from config.embedded.redis import Redis
from tests.load import remembering
from tests.load.memory import summary, table, watching
from tests.load.places import FOLDER, LOG, MEMORY, PEOPLE, REMEMBERED, ROOT
from tests.load.profiling import profiled, stacks_of, top
from tests.load.stage import PLAIN, WATCHED, Stage, stage

SECONDS = int(os.environ.get("LOAD_SECONDS", "120"))
USERS = int(os.environ.get("LOAD_USERS", "20"))
SAMPLE_SECONDS = float(os.environ.get("LOAD_SAMPLE", "10"))
PORT = int(os.environ.get("PORT", "8117"))
_SHOWN = 5


def main() -> int:
    """The exit code: 0 when every request went as it should and the product's log tells of no error."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--profile", type=Path, help="watch the web server's time, and draw it there")
    kinds.add_argument("--profile-memory", action="store_true", help="watch what the web server holds")
    arguments = parser.parse_args()
    # The stage is taken down after a SIGTERM as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with ExitStack() as running:
        stands = running.enter_context(stage(PORT, WATCHED if arguments.profile_memory else PLAIN))
        samples = running.enter_context(watching(processes(stands), MEMORY, every=SAMPLE_SECONDS))
        if arguments.profile:
            running.enter_context(profiled(web_server(stands).pid, arguments.profile.absolute()))
        code = play(stands)
    print(f"\n{table(summary(samples))}\n\nSamples: {MEMORY}; the product's log: {LOG}", flush=True)
    if arguments.profile:
        print(f"\n{top(stacks_of(arguments.profile).read_text())}\n\nDrawn: {arguments.profile}")
    if arguments.profile_memory:
        remembering.report(REMEMBERED)
    return code or report_errors()


def processes(running: Stage) -> list[psutil.Process]:
    """What stands at the top: the supervisor of web server, workers and beat, PostgreSQL and Redis."""
    places = layout(FOLDER)
    numbers = [running.supervisor.pid, Postgres(places).pid(), Redis(places).pid()]
    return [psutil.Process(number) for number in numbers if number]


def web_server(running: Stage) -> psutil.Process:
    """The first of its processes."""
    below = psutil.Process(running.supervisor.pid).children()
    return next(process for process in below if "config/gunicorn.py" in process.cmdline())


def play(running: Stage) -> int:
    """Runs Locust to its end; its exit code."""
    file = str(Path(__file__).with_name("locustfile.py"))
    command = [str(Path(sys.executable).with_name("locust")), "--locustfile", file, "--headless", "--only-summary"]
    command += ["--host", running.url, "--users", str(USERS), "--spawn-rate", "5", "--run-time", f"{SECONDS}s"]
    command += ["--stop-timeout", "60", "--loglevel", "WARNING", "--csv", str(FOLDER / "requests")]
    environment = {**os.environ, "LOAD_PEOPLE": str(PEOPLE)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def report_errors() -> int:
    """1 when the product's log has lines of errors; the first of them are shown."""
    lines = [line for line in LOG.read_text(errors="replace").splitlines() if '"level": "error"' in line]
    for line in lines[:_SHOWN]:
        print(line[:1000])
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
