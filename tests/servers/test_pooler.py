"""Web servers behind a pooler that shares sessions by transaction: everything works, over few sessions."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.db.utils import ConnectionHandler

from airports.models import Airport
from config.common.background.single import single_run
from config.common.db.liveness import Asker, Liveness
from config.common.db.postgresql.base import DatabaseWrapper
from config.common.db.sessions import SESSION
from config.settings.base import databases
from imports.models import Import
from tests.factories import CitizenFactory
from tests.server import Server, database_url, start_server
from tests.servers.pgbouncer import count, pooler

pytestmark = pytest.mark.django_db(transaction=True)
SESSIONS, THREADS = 40, 500
AIRPORT = {"name": "Manises", "iata": "VLC", "latitude": 39.4893, "longitude": -0.4816}
_LOCKED = """
    SELECT pid FROM pg_locks
    WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def ask(statement: str) -> list[int]:
    """The numbers that the server says, asked past the pooler."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [number for (number,) in cursor.fetchall()]


@pytest.fixture(scope="module")
def pool(django_db_setup: None) -> Iterator[str]:
    """The address of a pooler of 40 sessions."""
    with pooler(SESSIONS) as url:
        yield url


@pytest.fixture(scope="module")
def behind(pool: str) -> Iterator[Server]:
    """Web servers of 500 threads behind it."""
    past, threads = database_url(), str(THREADS // 2)
    with start_server(WEB_WORKERS="2", WEB_THREADS=threads, DATABASE_URL=pool, DATABASE_SESSION_URL=past) as running:
        yield running


@pytest.fixture
def pooled(django_db_setup: None) -> Iterator[ConnectionHandler]:
    """Connections of a program behind a pooler of two sessions."""
    with pooler(2) as url:
        yield ConnectionHandler(databases(url, database_url()))


def test_requests_of_each_kind_work(behind: Server, token_of: Callable[[str], str]) -> None:
    with behind.client(token_of("Managers")) as client:
        made = client.post("/airports", json=AIRPORT, headers={"Idempotency-Key": "1"})
        assert made.status_code == 201, made.text
        place = f"/airports/{made.json()['data']['id']}"
        assert client.patch(place, json={"city": "Valencia"}).json()["data"]["city"] == "Valencia"
        assert client.get("/airports?near=39,0&radius=200000").json()["count"] == 1
        for table in ("/airports?format=csv", f"{place}/history?format=csv", "/imports?format=csv"):
            assert client.get(table).status_code == 200
        citizens = CitizenFactory.create_batch(3_000)
        key = {"Idempotency-Key": "2"}
        first, again = (client.post("/imports", json={"citizens": citizens}, headers=key) for _ in range(2))
        assert [first.status_code, again.status_code] == [201, 201]
        assert again.headers["Idempotent-Replayed"] == "true"
        delivery = f"/imports/{first.json()['data']['import_id']}"
        stream = "\n".join(map(json.dumps, citizens)).encode()
        sent = client.post("/imports", content=iter([stream]), headers={"Content-Type": "application/x-ndjson"})
        assert sent.status_code == 201, sent.text
        renamed = client.patch(f"{delivery}/citizens/{citizens[0]['citizen_id']}", json={"name": "Anna"})
        assert renamed.json()["data"]["name"] == "Anna"
        read = client.get(f"{delivery}/citizens", headers={"Accept": "application/x-ndjson"})
        assert len(read.text.splitlines()) == 3_000
        assert client.get(f"{delivery}/citizens/birthdays").status_code == 200
        assert client.get(f"{delivery}/towns/stat/percentile/age").status_code == 200
        assert client.get("/analytics/demand").status_code == 200
        assert client.get("/health/ready").status_code == 200
    assert Import.objects.count() == 2
    # The claims of the keys are gone with their requests.
    assert ask(_LOCKED) == []


def test_staff_sign_in_and_take_a_list_away(behind: Server) -> None:
    User.objects.create_superuser("ana", password="a long password")
    Airport.objects.bulk_create(Airport(name=str(n), latitude=0, longitude=0) for n in range(2_500))
    with behind.client() as browser:
        form = browser.get("/admin/login/").text
        token = form.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        values = {"username": "ana", "password": "a long password", "csrfmiddlewaretoken": token}
        signed_in = browser.post("/admin/login/?next=/admin/", data=values, headers={"Referer": behind.url})
        assert signed_in.headers["Location"] == "/admin/"
        for page in ("/admin/", "/admin/airports/airport/", "/admin/imports/import/", "/analytics/"):
            assert browser.get(page).status_code == 200, page
        assert browser.get("/admin/airports/airport/export/csv/").text.count("\n") == 2_501


def test_500_threads_share_40_sessions(behind: Server, pool: str, token_of: Callable[[str], str]) -> None:
    Airport.objects.create(**AIRPORT)
    headers, everybody = {"Authorization": f"Token {token_of('Viewers')}"}, Barrier(THREADS)

    def ask_once(_: int) -> int:
        with closing(HTTPConnection(behind.url.removeprefix("http://"), timeout=120)) as client:
            client.connect()
            everybody.wait(300)
            client.request("GET", "/airports", headers=headers)
            return client.getresponse().status

    with ThreadPoolExecutor(THREADS) as callers:
        assert set(callers.map(ask_once, range(THREADS))) == {200}
    assert 0 < count(pool, "SERVERS") <= SESSIONS < count(pool, "CLIENTS")


def test_500_open_connections_work_over_two_sessions(pooled: ConnectionHandler) -> None:
    everybody = Barrier(THREADS)

    def work(_: int) -> set[int]:
        found = set()
        with closing(pooled.create_connection("default")) as own, own.cursor() as cursor:
            everybody.wait(300)
            for _ in range(3):
                cursor.execute("SELECT pg_backend_pid()")
                found |= set(cursor.fetchone())
        return found

    with ThreadPoolExecutor(THREADS) as threads:
        assert len(set.union(*threads.map(work, range(THREADS)))) <= 2


def test_a_lock_of_a_session_is_lost_in_the_pooler(pooled: ConnectionHandler) -> None:
    """Why such locks go past it."""
    first, second = pooled.create_connection("default"), pooled.create_connection("default")
    with first.cursor() as cursor, second.cursor() as other:
        cursor.execute("SELECT pg_advisory_lock(4711)")
        second.set_autocommit(False)
        # The session with the lock is the one that was used last: it is given to whoever comes next,
        other.execute("SELECT pg_try_advisory_lock(4711)")
        assert other.fetchone() == (True,)
        # and who took the lock cannot give it back.
        cursor.execute("SELECT pg_advisory_unlock(4711)")
        assert cursor.fetchone() == (False,)
        second.rollback()
    first.close()
    second.close()
    assert len(ask(_LOCKED)) == 1


def test_what_runs_alone_has_its_lock_past_the_pooler(
    pooled: ConnectionHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections.settings, SESSION, pooled.settings[SESSION])
    with closing(DatabaseWrapper(pooled.settings[SESSION], "default")) as past:
        connections[SESSION] = past
        with single_run("test") as alone:
            assert alone
            assert ask(_LOCKED) == [past.connection.info.backend_pid]
        assert ask(_LOCKED) == []
        del connections[SESSION]


def test_rows_outside_of_a_transaction_come_at_once(pooled: ConnectionHandler) -> None:
    with closing(pooled["default"]) as own:
        with closing(own.chunked_cursor()) as cursor:
            assert cursor.name is None
        own.set_autocommit(False)
        with closing(own.chunked_cursor()) as cursor:
            assert cursor.name


def test_a_pooler_that_is_busy_is_no_frozen_server(pooled: ConnectionHandler) -> None:
    busy, asker = [pooled.create_connection("default") for _ in range(2)], Asker()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connections.settings, SESSION, pooled.settings[SESSION])
        patch.setattr(connections["default"], "settings_dict", pooled.settings["default"])
        for one in busy:
            one.set_autocommit(False)
            one.cursor().execute("SELECT 1")
        assert asker.ask() is Liveness.ANSWERS
    asker.close()
    for one in busy:
        one.close()
