"""How often a caller may ask, over real HTTP."""

import secrets
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from config.embedded.front import free_port
from tests.common.helpers import problem
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)
TokenOf = Callable[[str], str]


@pytest.fixture(scope="module")
def limited(django_db_setup: None) -> Iterator[Server]:
    """Five requests a minute for a token, three for an address, behind one proxy of our own."""
    with start_server(RATE_LIMIT_TOKEN="5", RATE_LIMIT_ANONYMOUS="3", TRUSTED_PROXIES="1") as server:
        yield server


@pytest.fixture(autouse=True)
def _inside_one_minute() -> None:
    """The window is the minute of the clock: a test must not straddle two."""
    if time.time() % 60 > 50:
        time.sleep(60 - time.time() % 60)


def codes(client: httpx.Client, number: int, path: str = "/imports", **headers: str) -> list[int]:
    """The statuses of so many requests."""
    return [client.get(path, headers=headers).status_code for _ in range(number)]


def test_each_token_has_its_own_limit(limited: Server, token_of: TokenOf) -> None:
    for role in ("Viewers", "Managers"):
        with limited.client(token_of(role)) as client:
            assert codes(client, 6) == [200] * 5 + [429]
            refused = client.get("/imports")
        body, wait = problem(refused), refused.headers["Retry-After"]
        assert (body["status"], 1 <= int(wait) <= 60) == (429, True)


def test_an_address_has_a_limit_whoever_it_says_it_forwards(limited: Server) -> None:
    # Not the one of the last run, which Redis still counts.
    one, another = (f"2001:db8::{secrets.token_hex(2)}:{number}" for number in range(2))
    with limited.client() as client:
        first = [client.get("/", headers={"X-Forwarded-For": f"10.0.0.{n}, {one}"}).status_code for n in range(4)]
        other = codes(client, 1, "/", **{"X-Forwarded-For": another})
    assert (first, other) == ([200, 200, 200, 429], [200])


def test_what_is_not_counted(limited: Server) -> None:
    with limited.client() as client:
        assert codes(client, 5, "/health/live") + codes(client, 5, "/health/ready") == [200] * 10
        assert [client.options("/imports").status_code for _ in range(5)] == [200] * 5
        # A bad token is always 401: it uses up nobody's share.
        assert codes(client, 8, Authorization="Token wrong") == [401] * 8


def test_without_a_proxy_of_our_own_the_header_is_ignored(django_db_setup: None) -> None:
    with start_server(RATE_LIMIT_ANONYMOUS="3") as server, server.client() as client:
        found = [client.get("/", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(4)]
    assert found[-1] == 429


def test_without_redis_everybody_passes_quickly(token_of: TokenOf) -> None:
    with (
        start_server(RATE_LIMIT_TOKEN="1", REDIS_URL=f"redis://127.0.0.1:{free_port()}", WEB_WORKERS="1") as server,
        server.client(token_of("Viewers")) as client,
    ):
        began = time.monotonic()
        assert codes(client, 5) == [200] * 5
        assert client.get("/health/ready").json()["data"]["degraded"] == ["redis"]
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("key", ["", "x" * 20])
def test_a_body_that_was_refused_does_not_spoil_the_connection(server: Server, token_of: TokenOf, key: str) -> None:
    status = 413 if not key else 401
    with server.client(key or token_of("Managers")) as client:
        refused = client.post("/imports", content=b"x" * 68_000_000, headers={"Content-Type": "application/json"})
        after = client.get("/health/live")
    assert (problem(refused)["status"], after.status_code) == (status, 200)
