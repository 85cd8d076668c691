"""The log of a real server, as production writes it: one line a request, and the whole story of one that failed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.embedded.process import wait_until
from tests.common.helpers import one_import
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)
TokenOf = Callable[[str], str]
PLANTED = "Zyxwena Plantova"
LAST = {"request_finished", "request_failed", "stream_failed"}


@pytest.fixture(scope="module")
def logged(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server with views that fail, and the file of its log."""
    log = tmp_path_factory.mktemp("log") / "stderr"
    settings = "tests.failing.settings"
    with log.open("wb") as file, start_server(log=file, LOG_LEVEL="INFO", DJANGO_SETTINGS_MODULE=settings) as server:
        yield server, log


def lines(log: Path, request_id: str) -> list[dict[str, Any]]:
    """The lines of a request: the last one comes after the last byte of the answer."""

    def found() -> list[dict[str, Any]]:
        read = [json.loads(line) for line in log.read_text().rpartition("\n")[0].splitlines() if line[:1] == "{"]
        return [line for line in read if line.get("request_id") == request_id]

    assert wait_until(lambda: any(line["event"] in LAST for line in found()), 10)
    return found()


def ask(server: Server, method: str, path: str, request_id: str, token: str | None = None, **options: Any) -> int:
    with server.client(token) as client:
        return client.request(method, path, headers={"X-Request-ID": request_id}, **options).status_code


def test_a_request_is_one_line_with_its_figures(logged: tuple[Server, Path], token_of: TokenOf) -> None:
    server, log = logged
    ask(server, "GET", f"/imports?source={PLANTED}", "line-1", token_of("Viewers"))
    (line,) = lines(log, "line-1")
    assert set(line) == {
        *("event", "logger", "level", "timestamp", "request_id", "user_id"),
        *("code", "request", "duration_ms", "queries", "db_ms"),
    }
    assert (line["event"], line["level"], line["code"]) == ("request_finished", "info", 200)
    assert (line["request"], line["queries"]) == ("GET /imports", 4)
    assert line["duration_ms"] > line["db_ms"] > 0


def test_a_copy_is_time_in_the_database(logged: tuple[Server, Path], token_of: TokenOf) -> None:
    server, log = logged
    body: dict[str, list[object]] = {"citizens": []}
    token = token_of("Managers")
    # The first makes its source.
    for line in ("line-0", "line-2"):
        assert ask(server, "POST", "/imports", line, token, json=body) == 201
    # Who calls, the source, the delivery, its residents, the source held, the event, whether anybody asked to be told
    # of it; two blocks in the transaction begin and end.
    assert lines(log, "line-2")[0]["queries"] == 11


def test_the_line_of_a_stream_comes_after_its_last_byte(logged: tuple[Server, Path], token_of: TokenOf) -> None:
    server, log = logged
    ask(server, "GET", f"/imports/{one_import().pk}/citizens", "line-3", token_of("Managers"))
    (line,) = lines(log, "line-3")
    assert (line["event"], "broken_off" in line) == ("request_finished", False)
    ask(server, "HEAD", "/fail/stream", "line-4")
    ask(server, "GET", "/fail/stream", "line-5")
    assert [(line["event"], line["queries"]) for line in lines(log, "line-4") + lines(log, "line-5")] == [
        ("request_finished", 0),
        ("request_finished", 2),
    ]


def test_a_stream_that_breaks_off_is_an_error_with_its_story(logged: tuple[Server, Path]) -> None:
    server, log = logged
    with pytest.raises(httpx.RemoteProtocolError):
        ask(server, "GET", "/fail/stream", "line-6", params={"name": PLANTED})
    started, first, second, failed = lines(log, "line-6")
    assert [started["event"], first["event"], second["event"]] == ["request_started", "query", "query"]
    assert (failed["event"], failed["level"], failed["exception"][0]["exc_type"]) == (
        "stream_failed",
        "error",
        "ValueError",
    )
    assert PLANTED not in log.read_text()


def test_an_error_brings_the_lines_that_were_not_printed(logged: tuple[Server, Path]) -> None:
    server, log = logged
    code = ask(server, "POST", f"/fail/key/x?name={PLANTED}", "line-7", content=PLANTED)
    story = lines(log, "line-7")
    assert code == 500
    assert [line["event"] for line in story] == ["request_started", "query", "about_to_fail", "request_failed"]
    assert [line.get("kept", False) for line in story] == [True, True, True, False]
    assert [line["level"] for line in story] == ["debug", "debug", "debug", "error"]
    assert [line["timestamp"] for line in story] == sorted(line["timestamp"] for line in story)
    assert story[1]["sql"] == "SELECT %s AS asked"
    failed = story[-1]
    assert (failed["request"], failed["queries"], failed["code"]) == ("POST /fail/key/x", 1, 500)
    assert failed["exception"][0]["exc_value"] == "(message withheld: it may quote data)"
    assert failed["exception"][0]["frames"][-1].endswith(" by_key")
    assert PLANTED not in log.read_text()


def test_a_request_that_goes_well_keeps_them_to_itself(logged: tuple[Server, Path]) -> None:
    server, log = logged
    assert ask(server, "GET", f"/fail/key/x?name={PLANTED}", "line-8") == 200
    assert [line["event"] for line in lines(log, "line-8")] == ["request_finished"]


def test_the_database_quotes_values_and_the_log_does_not(logged: tuple[Server, Path]) -> None:
    server, log = logged
    assert ask(server, "GET", f"/fail/database?name={PLANTED}", "line-9") == 500
    failed = lines(log, "line-9")[-1]
    assert [(one["exc_type"], "auth_group_name_key" in one["exc_value"]) for one in failed["exception"]] == [
        ("IntegrityError", True),
        ("UniqueViolation", True),
    ]
    assert PLANTED not in log.read_text()
