"""`/metrics` over HTTP: who gets it, and that it adds up what several processes did."""

import os
import re
import signal
import socket
from collections.abc import Callable

import psutil
import pytest
from django.test import Client, override_settings
from rest_framework.test import APIClient

from config.common.observe.api.metrics import FIGURES
from config.embedded.front import free_port
from tests.background.workers import until
from tests.common.helpers import one_import, problem, send
from tests.common.observe.metrics.samples import samples
from tests.server import Server, start_server, wait_until_alive

TOKEN = "a token of the metrics, long enough"
FOREIGN = "203.0.113.7"
DOCS = 'demanda_http_request_seconds_count{method="GET",status="200",view="docs"}'
BUSY = "demanda_http_requests_in_progress"


@pytest.fixture(autouse=True)
def _fresh_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FIGURES, "_taken_at", float("-inf"))


@pytest.mark.django_db
@override_settings(METRICS_TOKEN=TOKEN)
@pytest.mark.parametrize(
    ("headers", "proxies", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 0, 200),
        ({"REMOTE_ADDR": FOREIGN}, 0, 404),
        ({"REMOTE_ADDR": FOREIGN, "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}, 0, 200),
        ({"REMOTE_ADDR": FOREIGN, "HTTP_AUTHORIZATION": "Bearer wrong"}, 0, 404),
        # A proxy that nobody announced: the caller is somebody else than who connects.
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": FOREIGN}, 0, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 0, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=127.0.0.1"}, 0, 404),
        # One proxy of our own: what it saw counts, not what the caller wrote before it.
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": FOREIGN}, 1, 404),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"127.0.0.1, {FOREIGN}"}, 1, 404),
        ({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"{FOREIGN}, 127.0.0.1"}, 1, 200),
        ({"REMOTE_ADDR": ""}, 0, 404),
        ({"REMOTE_ADDR": FOREIGN, "QUERY_STRING": "format=bogus"}, 0, 404),
    ],
)
def test_this_machine_and_the_token_read_the_metrics(headers: dict[str, str], proxies: int, status: int) -> None:
    with override_settings(TRUSTED_PROXIES=proxies):
        answer = send(APIClient(), "GET", "/metrics", b"", **headers)
    assert answer.status_code == status
    if status == 404:
        assert problem(answer)["detail"] == "There is nothing at this address."


@pytest.mark.django_db
@pytest.mark.parametrize(
    "accept",
    [
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        "text/plain; version=0.0.4", "application/openmetrics-text; version=1.0.0", "application/json",
        "text/plain;q=0", "",
    ],
)  # fmt: skip
def test_they_are_prometheus_text_and_not_for_caches_whatever_is_accepted(accept: str) -> None:
    answer = Client().get("/metrics", headers={"Accept": accept})
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert Client().get("/metrics?format=bogus", headers={"Accept": accept}).status_code == 406


@pytest.mark.django_db
def test_deliveries_and_residents_are_told() -> None:
    one_import()
    told = samples(Client().get("/metrics").content)
    assert (told['demanda_imports{status="complete"}'], told["demanda_citizens"]) == (1, 1)
    assert told["demanda_imports_waiting_seconds"] == 0
    assert told['demanda_available{part="migrations"}'] == 1
    assert [name for name, value in told.items() if name.startswith("demanda_figure_failed") and value] == []


@pytest.mark.django_db
def test_without_redis_the_rest_is_told() -> None:
    with override_settings(REDIS_URL=f"redis://127.0.0.1:{free_port()}"):
        told = samples(Client().get("/metrics").content)
    assert (told['demanda_available{part="redis"}'], told['demanda_available{part="database"}']) == (0, 1)
    assert ("demanda_citizens" in told, 'demanda_workers{queue="urgent"}' in told) == (True, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        ("GET", "/imports/12345/citizens/7", 'method="GET",status="401",view="citizen-detail"'),
        ("GET", "/there/is/nothing", 'method="GET",status="404",view="none"'),
        ("GET", "/static/nothing.css", 'method="GET",status="404",view="static"'),
        ("ANNA", "/imports", 'method="other",status="405",view="import-list"'),
        ("GET", "/admin/", 'method="GET",status="302",view="admin:index"'),
    ],
)
def test_requests_are_counted_by_view_and_never_by_path(method: str, path: str, labels: str) -> None:
    name = f"demanda_http_request_seconds_count{{{labels}}}"
    before = samples(Client().get("/metrics").content).get(name, 0)
    Client().generic(method, path)
    text = Client().get("/metrics").content.decode()
    assert samples(text)[name] - before == 1
    # In no label: among the digits of a duration it may stand.
    told = set(re.findall(r'="([^"]*)"', text))
    assert [one for one in told if "12345" in one or "ANNA" in one] == []


@pytest.mark.django_db(transaction=True)
def test_several_processes_add_up_and_killed_ones_keep_their_counts(
    server: Server, token_of: Callable[[str], str]
) -> None:
    before = read(server)
    with server.client() as client:
        # Each time a new connection, which any of the processes takes.
        for _ in range(20):
            client.get("/docs", headers={"Connection": "close"})
    with half_a_request(server, token_of("Managers")):
        until(lambda: read(server)[BUSY] == 2)
        victims = psutil.Process(server.process.pid).children()
        for victim in victims:
            os.kill(victim.pid, signal.SIGKILL)
        until(lambda: not any(victim.is_running() for victim in victims))
        wait_until_alive(server)
        told = read(server)
    assert told[DOCS] - before.get(DOCS, 0) == 20
    # This request alone: the half one died with its process.
    assert told[BUSY] == 1


def read(server: Server) -> dict[str, float]:
    with server.client() as client:
        return samples(client.get("/metrics").text)


def half_a_request(server: Server, token: str) -> socket.socket:
    """A connection whose request's body does not come: it holds a thread."""
    port = int(server.url.rpartition(":")[2])
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    head = f"POST /imports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {token}\r\n"
    # One with a length is waited for by the front.
    connection.sendall(
        f"{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n".encode()
    )
    return connection


@pytest.mark.django_db(transaction=True)
def test_without_a_database_requests_are_still_counted() -> None:
    port = free_port()
    database, redis = f"postgres://a:b@127.0.0.1:{port}/c", f"redis://127.0.0.1:{port}"
    with start_server(DATABASE_URL=database, REDIS_URL=redis) as lonely, lonely.client() as client:
        client.get("/docs")
        told = samples(client.get("/metrics").text)
    assert told[DOCS] == 1
    assert (told['demanda_available{part="database"}'], told['demanda_available{part="redis"}']) == (0, 0)
    assert "demanda_citizens" not in told
