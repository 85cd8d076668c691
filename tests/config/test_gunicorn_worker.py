"""The web server's own answers, over a real connection to a real gunicorn."""

import json
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from http.client import HTTPResponse

import pytest

from config import env
from config.embedded.process import wait_until

Exchange = tuple[HTTPResponse, bytes]


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[str], int]]:
    """Start gunicorn with the product's configuration for an application of tests/config/hello.py; its port."""
    started: dict[str, tuple[subprocess.Popen[bytes], int]] = {}

    def start(name: str) -> int:
        if name not in started:
            port = _free_port()
            command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", f"tests.config.hello:{name}"]
            environment = {"PORT": str(port), "WEB_WORKERS": "1", "PATH": os.defpath}
            process = subprocess.Popen(command, cwd=env.ROOT, env=environment, stderr=subprocess.DEVNULL)
            started[name] = process, port
            assert wait_until(lambda: _answers(port), 10)
        return started[name][1]

    yield start
    for process, _port in started.values():
        process.terminate()
        process.wait()


def test_a_valid_request_reaches_the_application(serve: Callable[[str], int]) -> None:
    response, body = exchange(serve("application"), b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert (response.status, body) == (200, b"hello")


@pytest.mark.parametrize(
    ("request_head", "status", "title"),
    [
        (b"NONSENSE\r\n\r\n", 400, "Bad Request"),
        (b"GET / HTTP/9.9\r\n\r\n", 400, "Bad Request"),
        (b"GET / HTTP/1.1\r\nna me: Anna\r\n\r\n", 400, "Bad Request"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414, "Request-URI Too Long"),
        (b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 101 + b"\r\n", 431, "Request Header Fields Too Large"),
        (b"GET / HTTP/1.1\r\nX-A: " + b"b" * 9000 + b"\r\n\r\n", 431, "Request Header Fields Too Large"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: rot13\r\n\r\n", 501, "Not Implemented"),
    ],
)
def test_what_is_no_request_is_refused_with_problem_details(
    serve: Callable[[str], int], request_head: bytes, status: int, title: str
) -> None:
    response, body = exchange(serve("application"), request_head)
    problem = json.loads(body)
    assert (response.status, problem["status"], problem["title"]) == (status, status, title)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["X-Request-ID"] == problem["request_id"] == str(uuid.UUID(problem["request_id"]))
    assert list(problem) == ["type", "title", "status", "detail", "request_id", "errors"]
    assert b"Anna" not in body


def test_an_application_that_fails_to_answer_is_a_500_that_says_nothing_of_it(serve: Callable[[str], int]) -> None:
    response, body = exchange(serve("broken"), b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (response.status, response.headers["Content-Type"]) == (500, "application/problem+json")
    assert b"town" not in body


def exchange(port: int, sent: bytes) -> Exchange:
    """Send bytes, read one response."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        response = HTTPResponse(connection)
        response.begin()
        return response, response.read()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
