"""Bodies that trickle, whatever they are: 408, the connection closed, the only thread free again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from airports.models import Airport
from tests.imports.documents.builders import citizen, document
from tests.imports.world import counts
from tests.raw_http import RawClient
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)

LINE = json.dumps(citizen(1)).encode() + b"\n"
FORM = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
BODIES = [
    pytest.param("POST /imports", "application/json", document(citizen(1))[:-2], b" ", id="JSON"),
    pytest.param("POST /imports", "application/x-ndjson", LINE, b" ", id="lines"),
    pytest.param("PUT /create", "application/json", b'{"name": "', b"a", id="a record"),
    pytest.param("POST /upload", "text/csv", b"A,B,C,,,1,1,,,,,,\n", b"A", id="CSV"),
    pytest.param("POST /upload", "multipart/form-data; boundary=b", FORM, b"a", id="a form with a file"),
]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slow") / "log"


@pytest.fixture(scope="module")
def impatient(django_db_setup: None, log: Path) -> Iterator[Server]:
    """A server with one thread, which waits for 200 bytes in half a second and for no body longer than 1.5 seconds.

    Its front waits two seconds for what it waits for itself.
    """
    limits: dict[str, Any] = {"BODY_MIN_RATE": "400", "BODY_RATE_SECONDS": "0.5", "BODY_SECONDS": "1.5"}
    limits |= {"WEB_WORKERS": "1", "WEB_THREADS": "1"}
    with log.open("wb") as file, start_server(log=file, front={"client_body_timeout": "2s"}, **limits) as running:
        yield running


def headers(token: str, kind: str, length: int | None) -> list[str]:
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return [f"Authorization: Token {token}", f"Content-Type: {kind}", size]


def expect_nothing_left(server: Server, log: Path) -> None:
    """The thread is free, no transaction is open, nothing is stored, and nobody called it a mistake of ours."""
    with server.client() as client:
        assert client.get("/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start IS NOT NULL AND backend_type = 'client backend'"
        )
        assert cursor.fetchone() == (0,)
    assert (counts(), Airport.objects.count()) == ((0, 0), 0)
    assert b"Traceback" not in log.read_bytes()


@pytest.mark.parametrize(
    "length",
    [pytest.param(1_000_000, id="a length"), pytest.param(None, id="chunked", marks=pytest.mark.thorough)],
)
@pytest.mark.parametrize(("head", "kind", "start", "piece"), BODIES)
def test_a_body_below_the_rate_is_given_up(
    impatient: Server, log: Path, token_of: Callable[[str], str],
    head: str, kind: str, start: bytes, piece: bytes, length: int | None,
) -> None:  # fmt: skip
    client = RawClient(impatient, head, *headers(token_of("Managers"), kind, length))
    send = client.send if length else client.send_chunk
    send(start)
    answer = client.trickle(piece, send)
    client.close()
    assert (answer.status, answer.connection) == (408, "close")
    expect_nothing_left(impatient, log)


@pytest.mark.parametrize("head", ["POST /admin/login/", "PUT /create"], ids=["a form", "a small body"])
def test_what_the_front_waits_for_and_does_not_come_is_no_request(
    impatient: Server, token_of: Callable[[str], str], head: str
) -> None:
    client = RawClient(impatient, head, *headers(token_of("Managers"), "application/json", 500))
    client.send(b"u")
    with pytest.raises(ConnectionResetError):
        client.socket.recv(1)
    client.close()


def test_a_body_above_the_rate_is_given_up_at_its_deadline(
    impatient: Server, log: Path, token_of: Callable[[str], str]
) -> None:
    client = RawClient(impatient, "POST /imports", *headers(token_of("Managers"), "application/x-ndjson", None))
    answer = client.trickle(LINE, client.send_chunk)
    client.close()
    assert (answer.status, answer.connection, json.loads(answer.body)["title"]) == (408, "close", "Request Timeout")
    expect_nothing_left(impatient, log)


def test_a_body_that_is_kept_for_later_is_given_up_too(
    impatient: Server, log: Path, token_of: Callable[[str], str]
) -> None:
    sent = headers(token_of("Managers"), "application/json", 10_000_000)
    client = RawClient(impatient, "POST /imports", "Prefer: respond-async", *sent)
    client.send(b" " * 2_000_000)
    answer = client.trickle(b" ", client.send)
    client.close()
    assert (answer.status, answer.connection) == (408, "close")
    expect_nothing_left(impatient, log)


def test_a_body_that_stops_is_given_up(impatient: Server, log: Path, token_of: Callable[[str], str]) -> None:
    client = RawClient(impatient, "POST /imports", *headers(token_of("Managers"), "application/x-ndjson", 10**6))
    client.send(LINE)
    assert client.answer().status == 408
    client.close()
    expect_nothing_left(impatient, log)


def test_who_is_not_signed_in_does_not_wait(impatient: Server, log: Path) -> None:
    client = RawClient(impatient, "POST /imports", *headers("wrong", "application/x-ndjson", 10**6))
    assert client.answer().status == 401
    client.close()
    expect_nothing_left(impatient, log)
