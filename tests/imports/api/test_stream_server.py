"""Streams against a real server: as they come, beside each other, broken off, and with a database that has no room."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from imports.models import Import
from tests.factories import alike, delivery
from tests.imports.api.test_kill import backends, wait_until_only
from tests.imports.crowd import in_threads
from tests.imports.documents.builders import citizen
from tests.imports.spots import spots_of
from tests.imports.world import counts, faults, stored
from tests.raw_http import RawClient
from tests.server import Server, start_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

TokenOf = Callable[[str], str]
LINES = "application/x-ndjson"
_FULL = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF new.citizen_id = 2000 THEN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END IF;
        RETURN new;
    END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON imports_citizen FOR EACH ROW EXECUTE FUNCTION no_room()
"""
_NOT_FULL = "DROP TRIGGER no_room ON imports_citizen; DROP FUNCTION no_room()"


def lines(citizens: list[Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in citizens)


def head(token: str, length: int | None = None) -> tuple[str, ...]:
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return ("POST /imports", f"Authorization: Token {token}", f"Content-Type: {LINES}", size)


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def full_disk() -> Iterator[None]:
    """The table has room for 2,000 citizens."""
    execute(_FULL)
    yield
    execute(_NOT_FULL)


def is_copying() -> bool:
    """Whether a stream is being written at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_progress_copy WHERE relid = 'imports_citizen'::regclass")
        return bool(cursor.fetchone()[0])


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def post(server: Server, token: str, body: Any) -> Any:
    with server.client(token) as client:
        return client.post("/imports", content=body, headers={"Content-Type": LINES})


@pytest.mark.parametrize("size", [100, 40_000])
def test_a_body_in_chunks_is_stored_while_it_comes(server: Server, token_of: TokenOf, size: int) -> None:
    people = delivery(1_000, relations=300, seed=3)
    body = lines(people)
    answer = post(server, token_of("Managers"), (body[start : start + size] for start in range(0, len(body), size)))
    assert answer.status_code == 201, answer.text
    made = Import.objects.get()
    assert (made.citizen_count, faults(made.pk)) == (1_000, [])
    assert {row["citizen_id"] for row in stored(made.pk).values()} == {one["citizen_id"] for one in people}


def test_rows_are_on_their_way_before_the_body_is_whole(server: Server, token_of: TokenOf) -> None:
    client = RawClient(server, *head(token_of("Managers")))
    client.send_chunk(lines(alike(10_000)))
    wait_until(is_copying)
    assert counts() == (0, 0)
    client.send_chunk(b"")
    assert client.answer().status == 201
    client.close()
    assert counts() == (1, 10_000)


def test_two_streams_beside_each_other_are_two_imports_and_errors_name_the_right_lines(
    server: Server, token_of: TokenOf
) -> None:
    token, answers = token_of("Managers"), {}

    def send(name: str, people: list[Any]) -> None:
        answers[name] = post(server, token, (lines([one]) for one in people))

    people = alike(6_000)
    in_threads([(send, "good", people), (send, "bad", [*people[:5_000], citizen(17), *people[5_000:], citizen(9)])])
    assert (answers["good"].status_code, answers["bad"].status_code) == (201, 400)
    assert [spot for spot, _ in spots_of(answers["bad"])] == [
        "line 5001/citizen_id", "line 6002/citizen_id",
    ]  # fmt: skip
    assert counts() == (1, 6_000)


def test_a_body_with_errors_is_read_to_its_end(server: Server, token_of: TokenOf) -> None:
    people = [citizen(0, town=""), *alike(5_000), citizen(1), citizen(7_000, gender="x")]
    answer = post(server, token_of("Managers"), (lines([one]) for one in people))
    assert spots_of(answer) == [
        ("line 1/town", "too_short"), ("line 5002/citizen_id", "duplicate"), ("line 5003/gender", "invalid_choice"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "length", "reset"),
    [(0, None, True), (0, 50_000_000, False), (10_000, None, False), (10_000, 50_000_000, True)],
)
def test_of_a_caller_who_goes_away_nothing_is_left(
    token_of: TokenOf, log_server: tuple[Server, Path], sent: int, length: int | None, reset: bool
) -> None:
    server, log = log_server
    client = RawClient(server, *head(token_of("Managers"), length))
    send = client.send if length else client.send_chunk
    if sent:
        send(lines(alike(sent)))
    if sent > 1_000:
        wait_until(is_copying)
    client.close(reset=reset)
    wait_until(lambda: not is_copying() and is_free(server))
    assert counts() == (0, 0)
    text = log.read_text()
    assert ("Traceback" in text, '"status": 5' in text, " 500" in text) == (False, False, False)


def is_free(server: Server) -> bool:
    """Whether the server's only thread answers, and no transaction is open."""
    with server.client() as client:
        assert client.get("/health/live").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start IS NOT NULL AND backend_type = 'client backend'"
        )
        return bool(cursor.fetchone()[0] == 0)


@pytest.fixture(scope="module")
def log_server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server with one thread, and its log."""
    path = tmp_path_factory.mktemp("gone") / "log"
    with path.open("wb") as file, start_server(log=file, WEB_WORKERS="1", WEB_THREADS="1", LOG_LEVEL="INFO") as running:
        yield running, path


@pytest.mark.parametrize("chunked", [False, True])
def test_a_full_disk_is_said_at_once_and_nothing_is_stored(
    server: Server, token_of: TokenOf, full_disk: None, chunked: bool
) -> None:
    body = lines(alike(40_000))
    pieces = (body[start : start + 50_000] for start in range(0, len(body), 50_000))
    answer = post(server, token_of("Managers"), pieces if chunked else body)
    assert (answer.status_code, answer.json()["detail"]) == (507, "The database has no room left. Nothing was stored.")
    assert counts() == (0, 0)


def test_a_full_disk_ends_a_stream_that_would_go_on(server: Server, token_of: TokenOf, full_disk: None) -> None:
    client = RawClient(server, *head(token_of("Managers")))
    client.send_chunk(lines(alike(10_000)))
    answer = client.trickle(lines(alike(500)), client.send_chunk)
    client.close()
    assert (answer.status, counts()) == (507, (0, 0))


def test_a_server_that_is_killed_in_the_middle_leaves_nothing(server: Server, token_of: TokenOf) -> None:
    token, known = token_of("Managers"), backends()
    with start_server() as dying:
        client = RawClient(dying, *head(token))
        client.send_chunk(lines(alike(10_000)))
        wait_until(is_copying)
        os.killpg(dying.process.pid, signal.SIGKILL)
        client.close()
    wait_until_only(known)
    assert counts() == (0, 0)
    assert post(server, token, lines(alike(100))).status_code == 201
    assert counts() == (1, 100)
