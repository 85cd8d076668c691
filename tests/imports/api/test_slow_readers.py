"""Readers who stand still, or nearly: a real server cuts them off, and nothing of them is left."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.factories import alike
from tests.imports.api.test_streams import open_transactions
from tests.imports.world import load
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)
TokenOf = Callable[[str], str]
# Some 7 MB, more than the buffers between a server and a small window hold.
COUNT = 10_000
LIMITS = [{"ANSWER_STALL_SECONDS": "0.5"}, {"ANSWER_SECONDS": "0.7"}]


@dataclass(frozen=True, slots=True)
class Impatient:
    """A server with a single thread and little patience, and the file of its log."""

    server: Server
    log: Path

    def logged_since(self, position: int) -> str:
        return self.log.read_text()[position:]

    def position(self) -> int:
        return len(self.log.read_text())


@pytest.fixture(params=LIMITS, ids=["stalled", "too long"], scope="module")
def impatient(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Iterator[Impatient]:
    path = tmp_path_factory.mktemp("log") / "log"
    with path.open("wb") as log, start_server(**request.param, WEB_WORKERS="1", WEB_THREADS="1", log=log) as server:
        yield Impatient(server, path)


def ask(server: Server, import_id: int, token: str, version: str, **headers: str) -> socket.socket:
    """A connection with a small window on which the residents were asked for, and of the answer nothing read."""
    place = urlsplit(server.url)
    caller = socket.socket()
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    caller.connect((str(place.hostname), int(place.port or 0)))
    lines = [f"GET /imports/{import_id}/citizens {version}", "Host: 127.0.0.1", f"Authorization: Token {token}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    caller.sendall("\r\n".join([*lines, "", ""]).encode())
    return caller


def trickle(caller: socket.socket, done: threading.Event) -> str:
    """Reads a byte at a time until it is done, then what is left; how the connection ended."""
    try:
        while not done.wait(0.1):
            if not caller.recv(1):
                return "end"
        while caller.recv(65_536):
            pass
    except OSError as error:
        return type(error).__name__
    return "end"


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
def test_a_byte_at_a_time_is_too_slow(impatient: Impatient, token_of: TokenOf, version: str) -> None:
    import_id, position, done = load(alike(COUNT)), impatient.position(), threading.Event()
    with ask(impatient.server, import_id, token_of("Managers"), version) as caller, ThreadPoolExecutor(1) as pool:
        reader = pool.submit(trickle, caller, done)
        # The only thread is busy until the reader is given up; then it answers others.
        with impatient.server.client() as client:
            assert client.get("/health/live").status_code == 200
        assert open_transactions() == 0
        done.set()
        assert reader.result(5) == "ConnectionResetError"
    logged = impatient.logged_since(position)
    assert logged.count("stream_cut_off") == 1
    assert f"/imports/{import_id}/citizens" in logged
    assert "Traceback" not in logged


def test_a_client_library_says_that_the_answer_is_not_whole(impatient: Impatient, token_of: TokenOf) -> None:
    with ask(impatient.server, load(alike(COUNT)), token_of("Managers"), "HTTP/1.1") as caller:
        response = http.client.HTTPResponse(caller)
        response.begin()
        assert response.status == 200
        with impatient.server.client() as client:
            assert client.get("/health/live").status_code == 200
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            response.read()


def test_a_reader_who_keeps_up_is_left_alone(impatient: Impatient, token_of: TokenOf) -> None:
    import_id, position = load(alike(COUNT)), impatient.position()
    with impatient.server.client(token_of("Managers")) as client:
        for encoding in ("identity", "gzip"):
            answer = client.get(f"/imports/{import_id}/citizens", headers={"Accept-Encoding": encoding})
            assert len(answer.json()["data"]) == COUNT
            assert answer.headers.get("Content-Encoding", "identity") == encoding
    assert "stream_cut_off" not in impatient.logged_since(position)
