"""Readers who stand still, or nearly: the front keeps what they leave, or they are cut off, and nothing is left."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from tests.factories import alike
from tests.imports.api.test_streams import open_transactions
from tests.imports.world import load
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)
TokenOf = Callable[[str], str]
# Some 50 MB, more than the buffers of two connections hold; and what is read in no time.
COUNT, FEW = 70_000, 10_000
LIMITS = [{"ANSWER_STALL_SECONDS": "0.5"}, {"ANSWER_SECONDS": "0.7"}]
# One that keeps next to nothing, as of an answer of gigabytes.
KEEPS_NOTHING = {"proxy_max_temp_file_size": "0"}


FINISHED = threading.Event()
FINISHED.set()


_MULTIPLY = """
    INSERT INTO imports_citizen (import_id, citizen_id, town, street, building, apartment, name, birth_date, gender,
        relatives, friends, channel)
    SELECT import_id, number, town, street, building, apartment, name, birth_date, gender, relatives, friends, channel
    FROM imports_citizen, generate_series(2, %s) AS number WHERE import_id = %s
"""


def stock(count: int) -> str:
    """The path of a delivery of that many residents, who differ by their ids alone."""
    import_id = load(alike(1))
    with connection.cursor() as cursor:
        cursor.execute(_MULTIPLY, [count, import_id])
    return f"/imports/{import_id}/citizens"


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
    limits = {"WEB_WORKERS": "1", "WEB_THREADS": "1", **request.param}
    with path.open("wb") as log, start_server(log=log, front=KEEPS_NOTHING, **limits) as server:
        yield Impatient(server, path)


def ask(server: Server, path: str, token: str) -> socket.socket:
    """A connection with a small window on which `path` was asked for, and of the answer nothing read."""
    place = urlsplit(server.url)
    caller = socket.socket()
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    caller.connect((str(place.hostname), int(place.port or 0)))
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Token {token}"]
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


def test_a_byte_at_a_time_is_too_slow(impatient: Impatient, token_of: TokenOf) -> None:
    path, position, done = stock(COUNT), impatient.position(), threading.Event()
    with ask(impatient.server, path, token_of("Managers")) as caller, ThreadPoolExecutor(1) as pool:
        reader = pool.submit(trickle, caller, done)
        # The only thread is busy until the reader is given up; then it answers others.
        with impatient.server.client() as client:
            assert client.get("/").status_code == 200
        assert open_transactions() == 0
        done.set()
        assert reader.result(5) == "end"
    logged = impatient.logged_since(position)
    assert logged.count("stream_cut_off") == 1
    assert path in logged
    assert "Traceback" not in logged


def test_a_client_library_says_that_the_answer_is_not_whole(impatient: Impatient, token_of: TokenOf) -> None:
    with ask(impatient.server, stock(COUNT), token_of("Managers")) as caller:
        response = http.client.HTTPResponse(caller)
        response.begin()
        assert response.status == 200
        with impatient.server.client() as client:
            assert client.get("/").status_code == 200
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            response.read()


def test_a_reader_who_keeps_up_is_left_alone(impatient: Impatient, token_of: TokenOf) -> None:
    path, position = stock(FEW), impatient.position()
    with impatient.server.client(token_of("Managers")) as client:
        for encoding in ("identity", "gzip"):
            answer = client.get(path, headers={"Accept-Encoding": encoding})
            assert len(answer.json()["data"]) == FEW
            assert answer.headers.get("Content-Encoding", "identity") == encoding
    assert "stream_cut_off" not in impatient.logged_since(position)


FILE = "/static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"


def test_what_is_read_slowly_waits_at_the_front_and_not_for_ever(token_of: TokenOf) -> None:
    path, token = stock(FEW), token_of("Managers")
    narrow = start_server(WEB_WORKERS="1", WEB_THREADS="1", front={"send_timeout": "1s"})
    with narrow as server, ExitStack() as readers:
        callers = [readers.enter_context(ask(server, asked, token)) for asked in (path, FILE) for _ in range(3)]
        with server.client() as client:
            assert client.get("/", timeout=3).status_code == 200
        assert open_transactions() == 0
        time.sleep(2)
        assert [trickle(caller, FINISHED) for caller in callers] == ["ConnectionResetError"] * 6
