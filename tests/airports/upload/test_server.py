"""Uploads to a real server: large, slow, broken off."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from airports.models import Airport
from tests.airports.upload.builders import table
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)

MEBIBYTE = 1024 * 1024
# A hundredth of a mebibyte, so that a file of 24 MiB shows whether it was ever whole in memory.
PADDING = b" " * 10_000


@pytest.fixture
def token(token_of: object) -> str:
    return token_of("Editors")  # type: ignore[operator, no-any-return]  # the shared fixture is a function


@pytest.fixture
def lone_server() -> Iterator[Server]:
    """A server of one worker, whose memory nobody else uses."""
    with start_server(WEB_WORKERS="1") as running:
        yield running


def large_file(rows: int) -> Iterator[bytes]:
    """Rows that are long but few, a chunk at a time."""
    yield table()
    for i in range(rows):
        yield b"Airport %d,%s,,,,1,2,,,,,,\n" % (i, PADDING)


def form_of(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    yield from chunks
    yield b"\r\n--x--\r\n"


@contextmanager
def growth_of(process: psutil.Process) -> Iterator[list[int]]:
    """By how many bytes the memory of `process` grew at most, looked at all the time: one number, when it is over."""
    before = process.memory_info().rss
    peaks, over = [before], threading.Event()

    def watch() -> None:
        while not over.wait(0.002):
            peaks[0] = max(peaks[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        over.set()
        watcher.join()
        peaks[0] -= before


@pytest.mark.parametrize("content_type", ["text/csv", "multipart/form-data; boundary=x"])
def test_a_large_file_does_not_grow_the_server(lone_server: Server, token: str, content_type: str) -> None:
    rows = 2_400
    content = large_file(rows) if content_type == "text/csv" else form_of(large_file(rows))
    worker = psutil.Process(lone_server.process.pid).children()[0]
    with lone_server.client(token) as client:
        assert client.post("/upload", content=table({}), headers={"Content-Type": "text/csv"}).status_code == 201
        with growth_of(worker) as growth:
            response = client.post("/upload", content=content, headers={"Content-Type": content_type})
    assert (response.status_code, response.json()["data"]["created"]) == (201, rows)
    assert growth[0] < 12 * MEBIBYTE


def exchange(server: Server, request: bytes) -> bytes:
    """Sends raw bytes, ends the sending side, and reads the whole answer."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall(request)
        wire.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: wire.recv(65_536), b""))


def head(token: str, content_type: str, length: str) -> bytes:
    return (
        f"POST /upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {token}\r\nConnection: close\r\n"
        f"Content-Type: {content_type}\r\n{length}\r\n\r\n"
    ).encode()


def test_a_body_that_breaks_off_stores_nothing(server: Server, token: str) -> None:
    body = table({"icao": "AAAA"}, {"name": "Other", "icao": "BBBB"})
    form = b"".join(form_of(iter([body])))
    for content_type, content in (("text/csv", body), ("multipart/form-data; boundary=x", form)):
        request = head(token, content_type, f"Content-Length: {len(content)}") + content[:-30]
        answer = exchange(server, request)
        assert answer == b""
    assert not Airport.objects.exists()


def test_a_body_in_chunks_is_read(server: Server, token: str) -> None:
    with server.client(token) as client:
        response = client.post("/upload", content=iter([table({})]), headers={"Content-Type": "text/csv"})
    assert (response.status_code, response.json()["data"]["created"]) == (201, 1)


def test_a_slow_body_keeps_nobody_from_writing(server: Server, token: str) -> None:
    with server.client(token) as uploader, server.client(token) as other:

        def slow() -> Iterator[bytes]:
            yield table({"icao": "AAAA"})
            made = other.post("/airports", json={"name": "Meanwhile", "latitude": 1, "longitude": 2})
            assert made.status_code == 201
            yield b"Last,,,,,3,4,,,,,,\n"

        response = uploader.post("/upload", content=slow(), headers={"Content-Type": "text/csv"})
    assert response.json()["data"]["created"] == 2
    assert Airport.objects.count() == 3
