"""What wraps every request, over real HTTP: its id, its log line, HEAD, cross-origin headers."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from django.http import StreamingHttpResponse
from django.test import RequestFactory

from config.common.http.middleware.head import HeadMiddleware
from tests.common.helpers import one_import
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)
TokenOf = Callable[[str], str]
ORIGIN = "https://front.example"
EVERYWHERE = [
    "/",
    "/health/live",
    "/imports",
    "/nothing",
    "/admin/",
    "/admin/nothing/",
    "/static/site/site.css",
    "/static/x",
]


@pytest.fixture(scope="module")
def logged(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server that logs every request, with a foreign front end; and the file of its log."""
    log = tmp_path_factory.mktemp("log") / "stderr"
    with log.open("wb") as file, start_server(log=file, LOG_LEVEL="INFO", CORS_ALLOWED_ORIGINS=ORIGIN) as server:
        yield server, log


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_the_id_that_was_sent(server: Server, path: str) -> None:
    with server.client() as client:
        assert client.get(path, headers={"X-Request-ID": "my.Own_id-1"}).headers["X-Request-ID"] == "my.Own_id-1"


@pytest.mark.parametrize("sent", ["", "a b", "x" * 101, "\u00e9", "a\tb", "<script>", "a;b"])
def test_an_id_that_cannot_be_one_is_replaced(server: Server, sent: str) -> None:
    with server.client() as client:
        answer = client.get("/nothing", headers={b"X-Request-ID": sent.encode("latin-1")})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]


def test_each_request_without_an_id_gets_its_own(server: Server) -> None:
    with server.client() as client:
        assert len({client.get("/health/live").headers["X-Request-ID"] for _ in range(3)}) == 3


def test_a_foreign_host_is_a_problem_with_an_id(server: Server) -> None:
    with server.client() as client:
        answer = client.get("/imports", headers={"Host": "evil.example", "X-Request-ID": "mine"})
    assert (answer.status_code, answer.headers["X-Request-ID"], answer.json()["request_id"]) == (400, "mine", "mine")


def test_the_log_line_has_the_id_and_neither_query_nor_address(logged: tuple[Server, Path], token_of: TokenOf) -> None:
    server, log = logged
    with server.client(token_of("Viewers")) as client:
        client.get("/imports?source=Anna", headers={"X-Request-ID": "log-1", "X-Forwarded-For": "203.0.113.9"})
        client.get("/imports?limit=Anna", headers={"X-Request-ID": "log-2"})
    lines = [line for line in log.read_text().splitlines() if "request_id=log-" in line]
    assert [re.findall(r"(?:code|request|request_id)=(?:'[^']*'|\S+)", line) for line in lines] == [
        ["code=200", "request='GET /imports'", "request_id=log-1"],
        ["code=400", "request='GET /imports'", "request_id=log-2"],
    ]
    assert [word for word in ("Anna", "203.0.113.9", "127.0.0.1", "Token ") if word in "".join(lines)] == []


def test_the_log_does_not_hold_the_token_of_a_link(logged: tuple[Server, Path], token_of: TokenOf) -> None:
    server, log = logged
    with server.client(token_of("Managers")) as client:
        made = client.get("/create?name=X&latitude=1&longitude=1").json()["data"]["confirmation_url"]
        secret = made.rpartition("/")[2]
        for path in (f"/confirm/{secret}", f"/confirm/{secret}/x", f"/confirm/%0A{secret}"):
            client.get(path, headers={"X-Request-ID": "link-1"})
        client.post(f"/confirm/{secret}", headers={"X-Request-ID": "link-1"})
    text = log.read_text()
    requests = re.findall(r"request='([^']*)' request_id=link-1", text)
    assert (requests, secret in text) == (["GET /confirm/***"] * 3 + ["POST /confirm/***"], False)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/health/live",
        "/health/ready",
        "/schema",
        "/docs",
        "/imports",
        "/imports?format=csv",
        "/static/site/site.css",
        "/admin/login/",
    ],
)
def test_head_is_get_without_the_body(server: Server, token_of: TokenOf, path: str) -> None:
    with server.client(token_of("Viewers")) as client:
        head, get = client.head(path), client.get(path)
    same = ("Content-Type", "Content-Security-Policy")
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert [set(head.headers[name].split()) for name in same if name in get.headers] == [
        set(get.headers[name].split()) for name in same if name in get.headers
    ]
    if "format" not in path and "login" not in path:
        assert head.headers["Content-Length"] == str(len(get.content))


def test_head_of_a_stream_starts_nothing_and_closes_what_is_open() -> None:
    done: list[str] = []

    def rows() -> Iterator[bytes]:
        done.append("started")
        yield b"row"

    stream = rows()
    head = HeadMiddleware(lambda _: StreamingHttpResponse(stream))(RequestFactory().head("/"))
    assert isinstance(head, StreamingHttpResponse)
    assert (list(head), done) == ([], [])
    head.close()
    assert stream.gi_frame is None  # type: ignore[attr-defined]  # of a generator: closed


def test_the_connection_is_good_after_head_of_a_stream(server: Server, token_of: TokenOf) -> None:
    with server.client(token_of("Managers")) as client:
        path = f"/imports/{one_import().pk}/citizens"
        answers = [client.head(path), client.get(path), client.head(path)]
    assert [len(answer.content) > 0 for answer in answers] == [False, True, False]


PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


def granted(answer: httpx.Response) -> dict[str, str]:
    """The cross-origin headers of an answer, without their common prefix."""
    prefix = "access-control-"
    return {name.removeprefix(prefix): value for name, value in answer.headers.items() if name.startswith(prefix)}


def test_a_health_check_is_logged_only_when_it_fails(logged: tuple[Server, Path]) -> None:
    server, log = logged
    with server.client() as client:
        client.get("/health/live", headers={"X-Request-ID": "health-1"})
        client.get("/health/live?x=1", headers={"X-Request-ID": "health-2"})
    assert re.findall(r"request_id=(health-\d)", log.read_text()) == ["health-2"]


def test_a_configured_origin_may_ask(logged: tuple[Server, Path]) -> None:
    with logged[0].client() as client:
        preflight = client.options("/imports", headers={"Origin": ORIGIN, **PREFLIGHT})
        refused = client.get("/imports", headers={"Origin": ORIGIN})
    headers = granted(preflight)
    assert (preflight.status_code, headers["allow-origin"], headers["allow-credentials"]) == (200, ORIGIN, "true")
    assert {"authorization", "content-type", "x-request-id"} <= set(headers["allow-headers"].split(", "))
    assert {"POST", "PATCH", "DELETE"} <= set(headers["allow-methods"].split(", "))
    # A front end must be able to read why it was refused.
    assert (refused.status_code, granted(refused)["allow-origin"]) == (401, ORIGIN)
    assert {"X-Request-ID", "Location", "Retry-After"} <= set(granted(refused)["expose-headers"].split(", "))


def test_a_foreign_origin_is_granted_nothing(logged: tuple[Server, Path]) -> None:
    with logged[0].client() as client:
        answer = client.options("/imports", headers={"Origin": "https://evil.example", **PREFLIGHT})
    assert (answer.status_code, granted(answer)) == (200, {})
