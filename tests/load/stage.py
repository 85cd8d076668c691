"""The stage of a load run: services, web server, workers and beat, with production's settings and an empty database."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import psutil

from config.embedded import ensure
from config.embedded.clean import remove
from config.embedded.process import dying_with_parent
from tests.load.places import FOLDER, LOG, PEOPLE, ROOT, production

START_SECONDS = 180
# What starts everything: as `make run` does, and with a web server whose memory is watched.
PLAIN, WATCHED = "config.embedded.run", "tests.load.remembering"
# `make run` promises to be gone within ten.
STOP_SECONDS = 15
# Web server 1 + 2, urgent worker 1 + 1, general worker 1 + 2, beat.
PROCESSES = 9


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs: the supervisor below which everything but the services is, and how to reach it."""

    supervisor: subprocess.Popen[bytes]
    url: str


@contextmanager
def stage(port: int, program: str = PLAIN) -> Iterator[Stage]:
    """Starts it with the demo's deliveries and all airports; everything is gone at the end, but for files in `FOLDER`.

    Raises RuntimeError when it does not get ready.
    """
    remove(FOLDER)
    FOLDER.mkdir(parents=True, exist_ok=True)
    services = ensure(FOLDER)
    try:
        with LOG.open("wb") as log:
            environment = production(port)
            _prepare(environment, log)
            supervisor = subprocess.Popen(
                [sys.executable, "-m", program],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                preexec_fn=dying_with_parent(),  # noqa: PLW1509 - no other thread runs yet
            )
            try:
                _wait_until_ready(supervisor, port)
                yield Stage(supervisor, f"http://127.0.0.1:{port}")
            finally:
                supervisor.terminate()
                supervisor.wait(STOP_SECONDS)
    finally:
        services.close()


def is_collected() -> bool:
    """Whether the static files are those of this installation: packing each anew takes minutes of a busy machine."""
    sources = [ROOT / ".venv" / ".run", *(path for path in (ROOT / "assets").rglob("*") if path.is_file())]
    manifest = ROOT / "static" / "staticfiles.json"
    made = manifest.stat().st_mtime if manifest.exists() else 0
    return all(source.exists() and source.stat().st_mtime < made for source in sources)


def _prepare(environment: dict[str, str], log: IO[bytes]) -> None:
    commands = [] if is_collected() else [["manage.py", "collectstatic", "--noinput", "--verbosity", "0"]]
    for command in [*commands, ["-m", "tests.load.people", str(PEOPLE)]]:
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log, check=True)


def _wait_until_ready(supervisor: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and supervisor.poll() is None:
        if _is_ready(port) and len(psutil.Process(supervisor.pid).children(recursive=True)) >= PROCESSES:
            return
        time.sleep(0.2)
    raise RuntimeError(f"The product did not get ready; {LOG} says why.")


def _is_ready(port: int) -> bool:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        client.request("GET", "/health/ready")
        return client.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
