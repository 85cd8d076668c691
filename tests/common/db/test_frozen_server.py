"""A real web server whose PostgreSQL is frozen: it says so in time, and goes on when PostgreSQL does."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import count
from select import select

import httpx
import pytest

from tests.background.workers import until
from tests.common.db.frozen import PrivatePostgres
from tests.imports.documents.builders import citizen
from tests.imports.world import lines_of
from tests.raw_http import RawClient
from tests.server import Server, start_server

NDJSON = {"Content-Type": "application/x-ndjson"}
READY_SECONDS = 2
READ_SECONDS = 10


def read(server: Server, path: str, token: str = "none") -> tuple[httpx.Response, float]:
    """An answer, and how long it took."""
    with server.client(token) as client:
        begun = time.monotonic()
        answer = client.get(path)
        return answer, time.monotonic() - begun


def state(server: Server) -> tuple[str, int]:
    """What ready says, and how a read is answered."""
    return read(server, "/health/ready")[0].json()["detail"], read(server, "/imports")[0].status_code


def expect_away(answers: list[Future[tuple[httpx.Response, float]]], within: float) -> None:
    """All of them say, in so many seconds, that the database is away."""
    for answer, seconds in (future.result() for future in answers):
        about = answer.status_code, answer.headers["Content-Type"], answer.headers.get("Retry-After")
        assert about == (503, "application/problem+json", "5")
        assert seconds < within


def test_a_frozen_database_is_told_in_time_and_forgotten_when_it_goes_on(postgres: PrivatePostgres) -> None:
    # So many threads that no probe waits for one.
    start = start_server(DATABASE_URL=postgres.url, WEB_WORKERS="1", WEB_THREADS="32")
    with start as server, ThreadPoolExecutor(30) as pool:
        # It has no tables, which is enough: to be asked is to answer.
        well = state(server)
        assert (well[0].endswith("migrations to run."), well[1]) == (True, 500)
        postgres.freeze()
        reads = [pool.submit(read, server, "/imports") for _ in range(3)]
        probes = [pool.submit(read, server, "/health/ready") for _ in range(3)]
        while not all(answer.done() for answer in reads):
            live, seconds = read(server, "/health/live")
            assert (live.status_code, seconds < READY_SECONDS) == (200, True)
            probes.append(pool.submit(read, server, "/health/ready"))
            time.sleep(0.5)
        expect_away(probes, READY_SECONDS)
        expect_away(reads, READ_SECONDS)
        postgres.thaw()
        until(lambda: state(server) == well)


@pytest.fixture(scope="module")
def stocked(private: PrivatePostgres) -> tuple[PrivatePostgres, str]:
    """The same with the product's tables, and a token of somebody who may do everything."""
    private.manage("migrate")
    return private, private.manage("issue_token", "manager", "--role", "Managers")


@pytest.fixture(scope="module")
def busy(stocked: tuple[PrivatePostgres, str]) -> Iterator[Server]:
    """A server on it, with 100,000 residents in import 1, and with a view that is slow."""
    private, token = stocked
    with start_server(
        DATABASE_URL=private.url, DJANGO_SETTINGS_MODULE="tests.failing.settings", WEB_WORKERS="1", WEB_THREADS="16"
    ) as server:
        with server.client(token) as client:
            answer = client.post("/imports", content=residents(100_000), headers=NDJSON)
            assert (answer.status_code, answer.json()["data"]["import_id"]) == (201, 1)
        yield server


@pytest.mark.faults
def test_a_crowd_of_readers_is_told_in_time_that_the_database_is_frozen(
    postgres: PrivatePostgres, stocked: tuple[PrivatePostgres, str], busy: Server
) -> None:
    token = stocked[1]
    with ThreadPoolExecutor(100) as pool:
        assert {pool.submit(read, busy, "/imports", token).result()[0].status_code for _ in range(40)} == {200}
        postgres.freeze()
        # More than there are threads, six times.
        reads = [pool.submit(read, busy, "/imports", token) for _ in range(96)]
        expect_away(reads, READ_SECONDS)
        # Nobody needs to wait any more.
        expect_away([pool.submit(read, busy, "/imports", token) for _ in range(16)], READY_SECONDS)
        postgres.thaw()
        until(lambda: read(busy, "/imports", token)[0].status_code == 200)


@pytest.mark.faults
def test_a_slow_statement_of_a_server_that_answers_is_not_cut_off_though_nobody_else_is_let_in(
    postgres: PrivatePostgres, busy: Server
) -> None:
    with ThreadPoolExecutor(2) as pool:
        slow = [pool.submit(read, busy, "/slow?seconds=12") for _ in range(2)]
        until(lambda: sleeps(postgres) == 2)
        postgres.freeze(postmaster_only=True)
        assert read(busy, "/health/ready")[0].status_code == 503
        assert [answer.result()[0].status_code for answer in slow] == [200, 200]


@pytest.mark.faults
def test_a_streamed_answer_behind_a_frozen_database_breaks_off(
    postgres: PrivatePostgres, stocked: tuple[PrivatePostgres, str], busy: Server
) -> None:
    with busy.client(stocked[1]) as client, client.stream("GET", "/imports/1/citizens") as answer:
        pieces = answer.iter_raw(1_000)
        next(pieces)
        postgres.freeze()
        with pytest.raises(httpx.RemoteProtocolError):
            for _ in pieces:
                pass
    postgres.thaw()
    until(lambda: read(busy, "/imports", stocked[1])[0].status_code == 200)


@pytest.mark.faults
@pytest.mark.parametrize(
    ("head", "kind", "line"),
    [
        ("POST /imports", NDJSON["Content-Type"], lambda number: residents(1, first=number)),
        ("POST /upload", "text/csv", lambda number: b"Airport %d,,,,,1,1,,,,,,\n" % number),
    ],
    ids=["residents", "airports"],
)
def test_a_delivery_behind_a_frozen_database_is_given_up(
    postgres: PrivatePostgres, stocked: tuple[PrivatePostgres, str], busy: Server,
    head: str, kind: str, line: Callable[[int], bytes],
) -> None:  # fmt: skip
    length = "Content-Length: 150000000"
    client = RawClient(busy, head, f"Authorization: Token {stocked[1]}", f"Content-Type: {kind}", length)
    numbers = count(1_000_000)
    piece = b"".join(line(next(numbers)) for _ in range(10_000))
    client.send(piece)
    until(lambda: copies(postgres) == 1)
    postgres.freeze()
    rest = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        readable, writable, _ = select([client.socket], [client.socket], [], 1)
        if readable:
            break
        rest = rest or b"".join(line(next(numbers)) for _ in range(1_000))
        if writable:
            rest = rest[client.socket.send(rest[:10_000]) :]
        # As fast as a caller from afar.
        time.sleep(0.02)
    assert client.answer().status == 503
    client.close()
    postgres.thaw()
    until(lambda: read(busy, "/imports", stocked[1])[0].status_code == 200)
    until(lambda: copies(postgres) == 0)


def residents(number: int, *, first: int = 1) -> bytes:
    """So many residents, one a line."""
    return lines_of(citizen(each) for each in range(first, first + number))


def copies(postgres: PrivatePostgres) -> int:
    """How many COPYs are under way."""
    return running(postgres, "COPY%")


def sleeps(postgres: PrivatePostgres) -> int:
    """How many slow statements are under way."""
    return running(postgres, "SELECT pg_sleep%")


def running(postgres: PrivatePostgres, pattern: str) -> int:
    with closing(postgres.connect()) as opened, opened.cursor() as cursor:
        cursor.execute("SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE %s", [pattern])
        return len(cursor.fetchall())
