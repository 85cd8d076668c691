"""What no browser sends, against the real web server: smuggled, broken, oversized and twisted requests."""

import json
import re
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from airports.models import Airport
from imports.models import Import
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)
TokenOf = Callable[[str], str]

# A second request, hidden in what a careless server takes for a body or for its end.
HIDDEN = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
BROKEN = {
    "both lengths": (CHUNKED + b"Content-Length: 5\r\n", b"0\r\n\r\n" + HIDDEN),
    "two lengths": (b"Content-Length: 5\r\nContent-Length: 0\r\n", b"hello" + HIDDEN),
    "two lengths in one": (b"Content-Length: 5, 5\r\n", b"hello" + HIDDEN),
    "a negative length": (b"Content-Length: -1\r\n", HIDDEN),
    "a length with a sign": (b"Content-Length: +5\r\n", b"hello" + HIDDEN),
    "a length that is no number": (b"Content-Length: 0x5\r\n", b"hello" + HIDDEN),
    "chunked twice": (CHUNKED + CHUNKED, b"0\r\n\r\n" + HIDDEN),
    "chunked, but not last": (b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n" + HIDDEN),
    "an encoding that nobody knows": (b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "a space before the colon": (b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "a folded line": (b"X-A: b\r\n Transfer-Encoding: chunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "a name with an underscore": (b"Content_Length: 0\r\nContent-Length: 5, 0\r\n", b"hello" + HIDDEN),
    "a NUL in a value": (b"X-A: b\x00c\r\n", HIDDEN),
    "a bare CR in a value": (b"X-A: b\rContent-Length: 5\r\n", b"hello" + HIDDEN),
}
BAD_CHUNKS = [
    b"zz\r\n",
    b"-1\r\n",
    b"0x5\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhelloX",
    b"1" * 40 + b"\r\n",
    b"5 5\r\nhello\r\n",
]


def exchange(server: Server, sent: bytes) -> bytes:
    """All that the server answers until it closes, or says nothing more."""
    place = urlsplit(server.url)
    with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=5) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        pieces = []
        try:
            while piece := connection.recv(65536):
                pieces.append(piece)
        except ConnectionResetError:
            pass
    return b"".join(pieces)


def statuses(answer: bytes) -> list[int]:
    """Of each answer; the next one follows a body without a line break between them."""
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


@pytest.mark.parametrize(("headers", "body"), BROKEN.values(), ids=BROKEN)
def test_no_second_request_is_smuggled(server: Server, headers: bytes, body: bytes) -> None:
    answer = exchange(server, b"POST /imports HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n" + body)
    found = statuses(answer)
    assert found[0] in {400, 501}
    assert len(found) == 1
    assert b"\r\nConnection: close\r\n" in answer


def test_two_honest_requests_get_two_answers(server: Server) -> None:
    assert statuses(exchange(server, HIDDEN * 2)) == [200, 200]


@pytest.mark.parametrize("chunk", BAD_CHUNKS)
def test_a_chunk_of_no_size_is_400_and_stores_nothing(server: Server, token_of: TokenOf, chunk: bytes) -> None:
    head = f"Host: localhost\r\nAuthorization: Token {token_of('Managers')}\r\nContent-Type: application/json\r\n"
    sent = b"POST /imports HTTP/1.1\r\n" + head.encode() + CHUNKED + b"\r\n" + chunk + HIDDEN
    found = statuses(exchange(server, sent))
    assert (found, Import.objects.count()) == ([400], 0)


TWISTED = [
    "//admin/", "/%2e%2e/etc/passwd", "/static/../manage.py", "/static/%2e%2e/manage.py",
    "/static/..%2fconfig/env.py", "/static//etc/passwd", "/imports;x=1", "/imports%20", "/imports%00",
    "/imports%0d%0aX:y",
    "/imports/%2e%2e/airports", "/./imports", "/IMPORTS", "/imports%2f1", "/imports?%00", "/\\imports",
]  # fmt: skip


@pytest.mark.parametrize("path", TWISTED)
def test_a_twisted_path_leads_nowhere(server: Server, token_of: TokenOf, path: str) -> None:
    head = f"Host: localhost\r\nAuthorization: Token {token_of('Managers')}\r\nConnection: close\r\n\r\n"
    answer = exchange(server, f"GET {path} HTTP/1.1\r\n{head}".encode())
    assert statuses(answer)[0] in {400, 404}
    assert b"root:" not in answer
    assert b"import " not in answer


@pytest.mark.parametrize(
    "path", ["/admin/../imports", "/admin/%2e%2e/imports", "/admin/..;/imports", "/admin//x.example"]
)
def test_a_path_below_the_admin_leads_to_its_sign_in_alone(server: Server, token_of: TokenOf, path: str) -> None:
    # The admin says of nothing below it whether it exists; a token is none of its sign-ins.
    head = f"Host: localhost\r\nAuthorization: Token {token_of('Managers')}\r\nConnection: close\r\n\r\n"
    answer = exchange(server, f"GET {path} HTTP/1.1\r\n{head}".encode())
    assert statuses(answer) == [302]
    assert re.findall(rb"\r\nLocation: /admin/login/\?next=/admin/", answer)


@pytest.mark.parametrize(
    "header", ["X-Request-ID: a%0d%0aSet-Cookie: x=1", "X-Request-ID: <script>", "X-Request-ID: é"]
)
def test_an_id_that_was_sent_makes_no_header(server: Server, header: str) -> None:
    answer = exchange(
        server, f"GET /imports HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\n".encode()
    )
    assert statuses(answer) == [401]
    assert header.partition(" ")[2].encode() not in answer


BOMBS = {
    "nesting": b"[" * 100_000,
    "nesting in a field": b'{"citizens": [{"town": ' + b'{"a":' * 50_000,
    "a huge integer": b'{"citizens": [], "x": ' + b"9" * 500_000 + b"}",
    "a huge exponent": b'{"citizens": [{"citizen_id": 1e400}]}',
    "not a number": b'{"citizens": [{"citizen_id": NaN}]}',
    "a lone surrogate": b'{"citizens": [{"town": "\\ud800"}]}',
    "no UTF-8": b'{"citizens": [{"town": "\xff"}]}',
    "a NUL": b'{"citizens": [{"town": "a\\u0000b"}]}',
    "nothing": b"",
    "a string that does not end": b'"' + b"a" * 500_000,
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize(("method", "path"), [("POST", "/imports"), ("POST", "/airports"), ("PUT", "/create")])
def test_a_bomb_is_400(server: Server, token_of: TokenOf, method: str, path: str, body: bytes) -> None:
    with server.client(token_of("Managers")) as client:
        answer = client.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert len(answer.content) < 50_000
    assert (Import.objects.count(), Airport.objects.count()) == (0, 0)


def test_of_a_repeated_key_the_last_counts(server: Server, token_of: TokenOf) -> None:
    body = b'{"name": "First", "latitude": 1, "longitude": 1, "name": "Last"}'
    with server.client(token_of("Managers")) as client:
        answer = client.post("/airports", content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["data"]["name"] == "Last"


NAMES = [
    "../../../etc/passwd",
    "a\\0b.csv",
    "x" * 5_000,
    "\u202evsc.exe",
    "C:\\\\con",
    "'; DROP TABLE x",
    "<b>.csv",
    "",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_is_nothing_to_us(server: Server, token_of: TokenOf, name: str) -> None:
    row = b"A,,,,,1,2,,,,,,\n"
    part = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    with server.client(token_of("Managers")) as client:
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = client.post("/upload", content=part + row + b"\r\n--b--\r\n", headers=kind)
    assert answer.status_code in {201, 400}
    assert Airport.objects.count() == (answer.status_code == 201)
    assert name == "" or name not in answer.text


def test_tokens_that_are_guessed_lock_nobody_out_but_slow_the_address(token_of: TokenOf) -> None:
    token = token_of("Viewers")
    with start_server(RATE_LIMIT_ANONYMOUS="20") as limited:
        with limited.client() as guesser:
            tries = [guesser.get("/imports", headers={"Authorization": f"Token {n:064x}"}) for n in range(60)]
            # So many that one of two minutes has more than its share, whenever the clock turns.
            slowed = [guesser.get("/") for _ in range(45)]
        with limited.client(token) as owner:
            assert owner.get("/imports").status_code == 200
    assert {one.status_code for one in tries} == {401}
    assert {one.headers["WWW-Authenticate"] for one in tries} == {"Token"}
    refused = [one for one in slowed if one.status_code == 429]
    assert refused
    assert all(1 <= int(one.headers["Retry-After"]) <= 60 for one in refused)


FOREIGN = ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example", "[::1]evil", ""]


@pytest.mark.parametrize("host", FOREIGN)
def test_another_host_is_400_and_is_not_repeated(server: Server, host: str) -> None:
    sent = f"GET /schema HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    answer = exchange(server, sent.encode())
    assert statuses(answer) == [400]
    assert b"evil" not in answer


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"])
def test_a_header_of_a_proxy_changes_no_address(server: Server, token_of: TokenOf, name: str) -> None:
    sent = {name: "host=evil.example" if name == "Forwarded" else "evil.example"}
    with server.client(token_of("Managers")) as client:
        answer = client.get("/create?name=X&latitude=1&longitude=1", headers=sent)
    assert answer.json()["data"]["confirmation_url"].startswith(f"{server.url}/confirm/")
    assert "evil" not in json.dumps(dict(answer.headers))
