"""Streams of residents from a real server: none of them leaves a transaction open behind it."""

import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.db import connection

from tests.factories import alike
from tests.imports.world import load
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

TokenOf = Callable[[str], str]
COUNT = 4_000


def open_transactions() -> int:
    """How many other connections to this database are in a transaction, after a moment to end it."""
    sql = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    """
    deadline = time.monotonic() + 5
    with connection.cursor() as cursor:
        while True:
            cursor.execute(sql)
            (found,) = cursor.fetchone()
            if not found or time.monotonic() > deadline:
                return int(found)
            time.sleep(0.02)


@pytest.mark.parametrize("format", ["json", "ndjson", "csv"])
def test_a_stream_that_is_read_to_its_end_leaves_nothing_open(server: Server, token_of: TokenOf, format: str) -> None:
    url = f"/imports/{load(alike(COUNT))}/citizens?format={format}"
    with server.client(token_of("Managers")) as client:
        assert client.get(url).content.count(b"\n") in {COUNT - 1, COUNT, COUNT + 1}
        assert open_transactions() == 0


@pytest.mark.parametrize("format", ["json", "ndjson", "csv"])
def test_head_answers_as_get_does_without_a_body(server: Server, token_of: TokenOf, format: str) -> None:
    url = f"/imports/{load(alike(COUNT))}/citizens?format={format}"
    with server.client(token_of("Managers")) as client:
        head = client.head(url)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Type"] == client.get(url).headers["Content-Type"]
        assert open_transactions() == 0


@pytest.mark.parametrize("format", ["json", "ndjson", "csv"])
def test_a_reader_who_hangs_up_leaves_nothing_open(server: Server, token_of: TokenOf, format: str) -> None:
    import_id = load(alike(COUNT))
    place = urlsplit(server.url)
    for _ in range(3):
        with socket.create_connection((str(place.hostname), int(place.port or 0))) as caller:
            # A small window, so that the server cannot have sent everything by then.
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            caller.sendall(
                f"GET /imports/{import_id}/citizens?format={format} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Authorization: Token {token_of('Managers')}\r\n\r\n".encode()
            )
            assert caller.recv(12) == b"HTTP/1.1 200"
    assert open_transactions() == 0
