"""Heads that trickle: they keep no thread, and their time is limited."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import pytest

from tests.server import Server, start_server

HALF = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Half: "
WHOLE = HALF + b"no\r\n\r\n"


@pytest.fixture(scope="module")
def narrow(django_db_setup: None) -> Iterator[Server]:
    """A server with one thread, whose front waits two seconds for a head."""
    with start_server(WEB_WORKERS="1", WEB_THREADS="1", front={"client_header_timeout": "2s"}) as running:
        yield running


def connect(server: Server) -> socket.socket:
    place = urlsplit(server.url)
    return socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=20)


def first_line(connection: socket.socket) -> bytes:
    """Of an answer, which is read to its end."""
    with connection.makefile("rb") as answer:
        return answer.readline().rstrip()


@pytest.mark.parametrize("sent", [b"", b"G", HALF], ids=["nothing", "a letter", "half a head"])
def test_connections_without_a_whole_head_keep_no_thread(narrow: Server, sent: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(connect(narrow)).sendall(sent)
        with narrow.client() as client:
            assert client.get("/health/live", timeout=3).status_code == 200


def test_a_head_may_come_in_pieces(narrow: Server) -> None:
    with connect(narrow) as connection:
        for position in range(len(WHOLE)):
            connection.sendall(WHOLE[position : position + 1])
        assert first_line(connection) == b"HTTP/1.1 200 OK"


def test_a_head_may_begin_behind_a_request(narrow: Server) -> None:
    with connect(narrow) as connection:
        connection.sendall(WHOLE + HALF)
        answer = connection.recv(65_536)
        while b'"status"' not in answer:
            answer += connection.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        connection.sendall(b"no\r\n\r\n")
        assert first_line(connection) == b"HTTP/1.1 200 OK"


def test_a_head_that_is_broken_off_is_no_request(narrow: Server) -> None:
    with connect(narrow) as connection:
        connection.sendall(HALF)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""


def test_a_head_that_trickles_is_given_up(narrow: Server) -> None:
    with connect(narrow) as connection:
        connection.sendall(HALF)
        ended = time.monotonic() + 10
        # Whoever sends no request gets no answer.
        with suppress(ConnectionResetError, BrokenPipeError):
            while time.monotonic() < ended:
                connection.sendall(b"a")
                time.sleep(0.05)
        assert time.monotonic() < ended


@pytest.mark.parametrize(("piece", "status"), [(b"X-More: a\r\n", b"431"), (b"a", b"414")])
def test_a_head_without_an_end_is_refused(narrow: Server, piece: bytes, status: bytes) -> None:
    with connect(narrow) as connection:
        connection.sendall((b"GET / HTTP/1.1\r\n" if status == b"431" else b"GET /") + piece * 70_000)
        assert first_line(connection).split()[1] == status
