"""A real front, web server and health server on the test database, and clients for them."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from urllib.parse import quote

import httpx
from django.db import connection

from config.embedded.front import free_port, web_servers

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A web server, its process, behind its front and beside the server that answers for its health."""

    url: str
    process: subprocess.Popen[bytes]

    def client(self, token: str | None = None) -> httpx.Client:
        """A client that signs in with `token`."""
        headers = {"Authorization": f"Token {token}"} if token else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)


@contextmanager
def start_server(
    *, log: IO[bytes] | None = None, front: Mapping[str, str] | None = None, health: bool = False, **environment: str
) -> Iterator[Server]:
    """The web server behind its front, with `environment` on top of the suite's; it is killed at the end.

    The log of all goes to `log`, if any. `front` has directives of the front's configuration with another value.
    Without `health` the web server answers for its health itself, which saves the start of another one.
    """
    port = free_port()
    variables = {**os.environ, "DATABASE_URL": database_url()}
    # A server that is killed cannot remove a folder of its own.
    with (
        TemporaryDirectory(prefix="demanda-metrics-") as metrics,
        TemporaryDirectory(prefix="demanda-front-") as folder,
    ):
        variables |= {"PROMETHEUS_MULTIPROC_DIR": metrics, "SILK_SHARE": "0"}
        planned = web_servers(
            Path(folder),
            host="127.0.0.1",
            port=port,
            python=lambda arguments: [sys.executable, *arguments],
            environment=environment,
            workers=int(environment.get("WEB_WORKERS", 2)),
            threads=int(environment.get("WEB_THREADS", 8)),
        )
        if not health:
            working, answering = planned[1].environment["PORT"], planned.pop().environment["PORT"]
            configuration = Path(folder, "nginx.conf")
            configuration.write_text(configuration.read_text().replace(f":{answering};", f":{working};"))
        for directive, value in (front or {}).items():
            change(Path(folder, "http.conf"), directive, value)
        processes = [
            subprocess.Popen(
                one.command,
                cwd=ROOT,
                env={**variables, **one.environment},
                start_new_session=True,
                stdout=log,
                stderr=log,
            )
            for one in planned
        ]
        try:
            running = Server(f"http://127.0.0.1:{port}", processes[1])
            wait_until_alive(running)
            yield running
        finally:
            for process in processes:
                stop(process)


def reached(answer: httpx.Response) -> httpx.Response:
    """The answer of the web server; raises `TransportError` for the front's word that there is none."""
    if answer.status_code == 503 and answer.json()["detail"] == "The application does not answer.":
        raise httpx.TransportError("the web server has gone")
    return answer


def change(file: Path, directive: str, value: str) -> None:
    """Gives a directive of the front's configuration, which must be there once, another value."""
    text, count = re.subn(rf"^{directive} .*;$", f"{directive} {value};", file.read_text(), flags=re.MULTILINE)
    assert count == 1, directive
    file.write_text(text)


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
                if client.get("/health/live").status_code == client.options("/").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
    raise TimeoutError(f"{server.url} does not answer")


def database_url() -> str:
    """The address of the database of this test worker."""
    place = connection.settings_dict
    sign_in = f"{quote(place['USER'], safe='')}:{quote(place['PASSWORD'], safe='')}"
    host = quote(place["HOST"], safe="")
    return f"postgres://{sign_in}@{host}:{place['PORT'] or 5432}/{place['NAME']}"
