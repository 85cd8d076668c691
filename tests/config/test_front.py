"""The front and what stands behind it: who is refused by the head alone, who is waited for, and by whom."""

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection

from airports.models import Airport
from imports.models import Import
from tests.effort import tries
from tests.imports.documents.builders import citizen, document
from tests.raw_http import RawClient
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)
TokenOf = Callable[[str], str]

JSON = "Content-Type: application/json"
SIZES = ["Content-Length: 60000", "Content-Length: 5000000", "Transfer-Encoding: chunked"]
REFUSED = {
    "no credentials": ("POST /imports", None, JSON, 401),
    "a wrong token": ("POST /imports", "0" * 64, JSON, 401),
    "no right": ("POST /imports", "Viewers", JSON, 403),
    "no such address": ("POST /nothing", "Managers", JSON, 404),
    "no such object": ("PATCH /imports/99/citizens/1", "Managers", JSON, 404),
    "no such method": ("DELETE /imports", "Managers", JSON, 405),
    "another type": ("POST /imports", "Managers", "Content-Type: text/html", 415),
    "a page, anonymous": ("POST /admin/imports/import/", None, "Content-Type: multipart/form-data; boundary=b", None),
    "OPTIONS": ("OPTIONS /imports", None, JSON, 200),
}


_MANY_AIRPORTS = """
    INSERT INTO airports_airport (name, city, latitude, longitude, version, is_deleted, created_at, updated_at)
    SELECT repeat('x', 250), repeat('y', 250), 1, 2, 1, false, now(), now() FROM generate_series(1, 20000)
"""


def authorization(token_of: TokenOf, who: str | None) -> list[str]:
    if who is None:
        return []
    return [f"Authorization: Token {who if who.startswith('0') else token_of(who)}"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("head", "who", "kind", "status"), REFUSED.values(), ids=REFUSED)
def test_a_head_that_decides_is_answered_before_the_body(
    server: Server, token_of: TokenOf, head: str, who: str | None, kind: str, status: int | None, size: str
) -> None:
    client = RawClient(server, head, *authorization(token_of, who), kind, size)
    answer = client.answer()
    client.close()
    assert answer.connection == "close"
    assert answer.status == status if status else answer.status in {302, 403}


@pytest.mark.parametrize("size", ["Content-Length: 2", "Content-Length: 60000"])
def test_whoever_shows_no_credentials_is_not_waited_for_at_all(server: Server, size: str) -> None:
    client = RawClient(server, "PATCH /imports/1/citizens/1", JSON, size)
    answer = client.answer()
    client.close()
    assert (answer.status, answer.connection) == (401, "close")


@pytest.mark.parametrize("length", [10, 3_000])
def test_a_small_body_that_came_keeps_its_connection(server: Server, token_of: TokenOf, length: int) -> None:
    token = authorization(token_of, "Viewers")
    client = RawClient(server, "POST /imports", *token, JSON, f"Content-Length: {length}")
    client.send(b"a" * length)
    assert client.answer().status == 403
    client.send(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert client.answer().status == 200
    client.close()


@pytest.mark.parametrize(("length", "pause"), [(100_000, 0.02), (900_000, 0.005)])
def test_the_refusal_reaches_a_client_that_is_still_sending(
    server: Server, token_of: TokenOf, length: int, pause: float
) -> None:
    token = authorization(token_of, "Viewers")
    client = RawClient(server, "POST /imports", *token, JSON, f"Content-Length: {length}")
    for _ in range(0, length, 10_000):
        client.send(b"a" * 10_000)
        time.sleep(pause)
    assert client.answer().status == 403
    client.close()


def test_a_check_of_the_head_does_nothing(server: Server, token_of: TokenOf) -> None:
    created = Import.objects.create(created_by=User.objects.get(username=token_of("Managers") and "managers"))
    token = issue(token_of)
    client = RawClient(
        server, f"DELETE /imports/{created.pk}", f"Authorization: Token {token}", "Content-Length: 60000"
    )
    time.sleep(0.5)
    assert Import.objects.live().filter(pk=created.pk).exists()
    client.send(b"a" * 60_000)
    assert client.answer().status == 204
    assert not Import.objects.live().filter(pk=created.pk).exists()
    client.close()


@pytest.fixture(scope="module")
def narrow(django_db_setup: None) -> Iterator[Server]:
    """A server with one thread, and one for its health."""
    with start_server(WEB_WORKERS="1", WEB_THREADS="1", health=True) as running:
        yield running


def issue(token_of: TokenOf) -> str:
    from config.common.accounts.services.tokens import issue_token

    return issue_token(username="managers", role="Managers")[1]


@pytest.mark.parametrize("padding", [10, 50_000, 2_000_000])
def test_a_body_of_any_size_is_carried_out_once(server: Server, token_of: TokenOf, padding: int) -> None:
    body = json.dumps({"name": "Here", "latitude": 1, "longitude": 2}).encode() + b" " * padding
    with server.client(token_of("Managers")) as client:
        key = {"Idempotency-Key": "once", "Content-Type": "application/json"}
        answers = [client.put("/create", content=body, headers=key) for _ in range(2)]
    expected = [413, 413] if padding > 2**20 else [201, 201]
    assert [answer.status_code for answer in answers] == expected
    assert Airport.objects.count() == (expected[0] == 201)


def test_a_request_is_counted_once_however_often_it_is_looked_at(token_of: TokenOf) -> None:
    token = token_of("Managers")
    body = document(citizen(1)) + b" " * 50_000
    with start_server(RATE_LIMIT_TOKEN="6") as limited, limited.client(token) as client:
        # So few that they fit into one minute or two, whenever the clock turns.
        sent = [client.post("/imports", content=body, headers={"Content-Type": "application/json"}) for _ in range(13)]
    counts = [one.status_code for one in sent]
    assert counts.count(201) in range(6, 13)
    assert counts[:6] == [201] * 6


@pytest.mark.parametrize("value", ["check", "checked"])
def test_nobody_else_can_ask_as_the_front_does(server: Server, token_of: TokenOf, value: str) -> None:
    with server.client(token_of("Viewers")) as client:
        answer = client.get("/airports", headers={"X-Front-Pass": value, "X-Front-Length": "5"})
    assert (answer.status_code, answer.json()["count"]) == (200, 0)


def test_a_sign_in_form_may_have_16_kibibytes(server: Server) -> None:
    client = RawClient(server, "POST /admin/login/", f"Content-Length: {16 * 1024 + 1}")
    answer = client.answer()
    client.close()
    assert (answer.status, answer.connection, b"<html" in answer.body) == (413, "close", True)


def test_forms_and_small_bodies_that_never_come_occupy_nobody(narrow: Server, token_of: TokenOf) -> None:
    heads = [("POST /admin/login/", "X-A: b"), ("PUT /create", f"Authorization: Token {token_of('Managers')}")]
    with ExitStack() as stack:
        for head, header in heads * 20:
            client = RawClient(narrow, head, header, JSON, "Content-Length: 500")
            stack.callback(client.close)
            client.send(b"us")
        with narrow.client() as honest:
            assert honest.get("/", timeout=3).status_code == 200


def test_streams_of_one_address_take_a_quarter_of_the_threads(token_of: TokenOf) -> None:
    token = token_of("Managers")
    headers = [f"Authorization: Token {token}", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"]
    with start_server(WEB_WORKERS="1", WEB_THREADS="8") as wide, ExitStack() as stack:
        clients = []
        for _ in range(3):
            clients.append(RawClient(wide, "POST /imports", *headers))
            stack.callback(clients[-1].close)
        answer = clients[-1].answer()
        assert (answer.status, json.loads(answer.body)["title"]) == (429, "Too Many Requests")
        with wide.client(token) as client:
            assert client.get("/imports", timeout=3).status_code == 200
        line = json.dumps(citizen(1)).encode() + b"\n"
        for waiting in clients[:2]:
            waiting.send_chunk(line)
            waiting.send(b"0\r\n\r\n")
            assert waiting.answer().status == 201


def test_whole_lists_of_airports_take_a_quarter_of_the_threads_too(server: Server, token_of: TokenOf) -> None:
    # Some 10 MB each, of which nobody reads more than the first line.
    with connection.cursor() as cursor:
        cursor.execute(_MANY_AIRPORTS)
    token = f"Authorization: Token {token_of('Viewers')}"
    with ExitStack() as stack:
        statuses = []
        for asked in ("geojson", "csv") * 3:
            client = RawClient(server, f"GET /airports?format={asked}", token)
            stack.callback(client.close)
            statuses.append(client.socket.recv(12).split()[1])
    assert statuses == [b"200"] * 4 + [b"429"] * 2


def test_a_refusal_arrives_whatever_is_still_on_its_way(server: Server, token_of: TokenOf) -> None:
    token, statuses = token_of("Managers"), set()
    for _ in range(tries(60)):
        kind = f"Authorization: Token {token}", "Content-Type: text/html", "Content-Length: 20000000"
        client = RawClient(server, "POST /imports", *kind)
        with suppress(OSError):
            for _ in range(200):
                client.send(b"a" * 10_000)
        statuses.add(client.answer().status)
        client.close()
    assert statuses == {415}


def test_health_is_answered_while_every_thread_is_taken(narrow: Server, token_of: TokenOf) -> None:
    token = token_of("Managers")
    headers = [f"Authorization: Token {token}", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"]
    with ExitStack() as stack:
        stack.callback(RawClient(narrow, "POST /imports", *headers).close)
        with narrow.client() as client:
            for path in ("/health/live", "/health/ready", "/metrics"):
                assert client.get(path, timeout=3).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status", "title"),
    [
        (b"NONSENSE\r\n\r\n", 400, "Bad Request"),
        (b"GET / HTTP/9.9\r\n\r\n", 505, None),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "Request-URI Too Long"),
        (b"GET / HTTP/1.1\r\nX-A: " + b"b" * 9000 + b"\r\n\r\n", 431, "Request Header Fields Too Large"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: rot13\r\n\r\n", 501, "Not Implemented"),
    ],
)
def test_what_is_no_request_is_refused_by_the_front(
    server: Server, sent: bytes, status: int, title: str | None
) -> None:
    client = RawClient(server)
    client.send(sent)
    answer = client.answer()
    client.close()
    assert answer.status == status
    if title is not None:
        problem = json.loads(answer.body)
        assert (problem["status"], problem["title"], problem["errors"]) == (status, title, [])
        assert list(problem) == ["type", "title", "status", "detail", "request_id", "errors"]


@pytest.mark.parametrize(
    ("header", "language", "title"),
    [
        ("", "en", "Not Implemented"), ("es-ES,en;q=0.5", "es", "No implementado"),
        ("de, ru;q=0.5", "ru", "Не реализовано"), ("est, en", "en", "Not Implemented"),
        ("fr, *", "en", "Not Implemented"), ("en, es", "en", "Not Implemented"),
    ],
)  # fmt: skip
def test_the_front_refuses_in_the_first_language_that_is_named(
    server: Server, header: str, language: str, title: str
) -> None:
    # httpx would not send such a header.
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    connection.request("POST", "/imports", headers={"Accept-Language": header, "Transfer-Encoding": "rot13"})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Content-Language"], json.load(answer)["title"]) == (501, language, title)
    connection.close()


def test_without_the_application_the_front_says_so_and_health_goes_on(token_of: TokenOf) -> None:
    with start_server(health=True) as running:
        os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait(10)
        with running.client() as client:
            answer = client.get("/airports", headers={"X-Request-ID": "mine"})
            live = client.get("/health/live")
    assert (answer.status_code, answer.headers["Retry-After"], live.status_code) == (503, "5", 200)
    assert (answer.headers["X-Request-ID"], answer.json()["request_id"]) == ("mine", "mine")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_requests_in_one_packet_are_all_answered(server: Server, token_of: TokenOf) -> None:
    good = f"GET /airports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {token_of('Viewers')}\r\n\r\n".encode()
    bad = b"POST /imports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token x\r\nContent-Length: 9\r\n\r\n123456789"
    client = RawClient(server)
    client.send((good + bad) * 20)
    answered = b""
    while answered.count(b"HTTP/1.1 ") < 40:
        piece = client.socket.recv(65_536)
        assert piece
        answered += piece
    client.close()
    assert re.findall(rb"HTTP/1.1 (\d+)", answered) == [b"200", b"401"] * 20
