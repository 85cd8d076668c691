"""A real server process on the test database, and clients for it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import httpx
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn."""

    url: str
    process: subprocess.Popen[bytes]

    def client(self, token: str | None = None) -> httpx.Client:
        """A client that signs in with `token`."""
        headers = {"Authorization": f"Token {token}"} if token else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)


@contextmanager
def start_server(*, log: IO[bytes] | None = None, **environment: str) -> Iterator[Server]:
    """A gunicorn with `environment` on top of the suite's; it is killed at the end. Its log goes to `log`, if any."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi:application"]
    variables = {**os.environ, "DATABASE_URL": database_url(), "PORT": str(port), "HOST": "127.0.0.1", **environment}
    process = subprocess.Popen(command, cwd=ROOT, env=variables, start_new_session=True, stdout=log, stderr=log)
    try:
        running = Server(f"http://127.0.0.1:{port}", process)
        wait_until_alive(running)
        yield running
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the server and its workers at once."""
    if process.poll() is None:
        os.killpg(process.pid, 9)
    process.wait(10)


def wait_until_alive(server: Server) -> None:
    """Raises TimeoutError when the server does not answer in time, or has ended."""
    deadline = time.monotonic() + START_SECONDS
    with server.client() as client:
        while time.monotonic() < deadline and server.process.poll() is None:
            try:
                if client.get("/health/live").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
    raise TimeoutError(f"{server.url} does not answer")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def database_url() -> str:
    """The address of the database of this test worker."""
    place = connection.settings_dict
    sign_in = f"{quote(place['USER'], safe='')}:{quote(place['PASSWORD'], safe='')}"
    host = quote(place["HOST"], safe="")
    return f"postgres://{sign_in}@{host}:{place['PORT'] or 5432}/{place['NAME']}"
