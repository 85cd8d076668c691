"""Uploads and single changes at the same time: nothing is lost, nobody waits for ever."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from airports.fields import NAMES
from airports.models import Airport
from airports.services import upload_sql
from airports.services.update_airport import update_airport
from airports.services.upload_airports import upload_airports
from tests.airports.builders import make_airport
from tests.airports.upload.builders import table
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

AIRPORTS = 40
ROUNDS = 6


def in_thread(work: Callable[[], Any]) -> Callable[[], Any]:
    """`work` with a database connection of its own that it closes."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return run


def city_changes_while_an_upload_writes(monkeypatch: pytest.MonkeyPatch, city: str) -> None:
    """Changes the city when the upload has found its airports and before it writes them, or as soon as it may."""
    stored = make_airport("Old", 1.5, 2.5, icao="AAAA", city="Town")
    counting = threading.Event()
    change = threading.Thread(
        target=in_thread(lambda: update_airport(airport_id=stored.pk, values={"city": city}, actor=None))
    )
    original = upload_sql.COUNTS

    class Pause(str):
        """The statement between finding and writing; whoever sends it lets the other one go first."""

        __slots__ = ()

    monkeypatch.setattr(upload_sql, "COUNTS", Pause(original))

    def let_other_write(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if isinstance(sql, Pause):
            counting.set()
            change.start()
            change.join(0.5)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(let_other_write):
        upload_airports(stream=io.BytesIO(table({"name": "New", "icao": "AAAA"})), actor=None)
    change.join(10)
    assert counting.is_set()


def test_a_change_made_during_an_upload_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    city_changes_while_an_upload_writes(monkeypatch, "City")
    airport = Airport.objects.get()
    assert (airport.name, airport.city, airport.version) == ("New", "City", 3)


def test_without_the_lock_that_change_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_sql, "LOCK", "SELECT 1")
    city_changes_while_an_upload_writes(monkeypatch, "City")
    airport = Airport.objects.get()
    assert (airport.name, airport.city, airport.version) == ("New", "Town", 3)


def rows_of(iata_shift: int) -> list[dict[str, Any]]:
    """All airports, each with the IATA code that another has had."""
    return [
        {
            "name": f"Airport {i}",
            "latitude": i,
            "longitude": i,
            "icao": f"I{i:03d}",
            "iata": f"A{(i + iata_shift) % AIRPORTS:02d}",
        }
        for i in range(AIRPORTS)
    ]


@pytest.fixture
def airports() -> list[int]:
    """The ids of the stored airports."""
    upload_airports(stream=io.BytesIO(table(*rows_of(0))), actor=None)
    return list(Airport.objects.order_by("id").values_list("id", flat=True))


def test_uploads_and_changes_at_once_lose_nothing(server: Server, token_of: Any, airports: list[int]) -> None:
    token = token_of("Editors")

    def upload_all() -> list[int]:
        with server.client(token) as client:
            return [
                client.post("/upload", content=table(*rows_of(shift)), headers={"Content-Type": "text/csv"}).status_code
                for shift in range(1, ROUNDS + 1)
            ]

    def change_all(field: str) -> list[int]:
        with server.client(token) as client:
            return [
                client.patch(f"/airports/{pk}", json={field: round_}).status_code
                for round_ in range(1, ROUNDS // 2 + 1)
                for pk in reversed(airports)
            ]

    with ThreadPoolExecutor(4) as pool:
        uploads = [pool.submit(upload_all) for _ in range(2)]
        changes = [pool.submit(change_all, field) for field in ("altitude", "timezone")]
    assert [code for done in uploads for code in done.result()] == [201] * 2 * ROUNDS
    assert [code for done in changes for code in done.result()] == [200] * 2 * AIRPORTS * (ROUNDS // 2)
    found = Airport.objects.order_by("id")
    assert {(airport.altitude, airport.timezone) for airport in found} == {(ROUNDS // 2, ROUNDS // 2)}
    assert sorted(airport.iata or "" for airport in found) == [f"A{i:02d}" for i in range(AIRPORTS)]
    for airport in found:
        entries = Airport.history.filter(id=airport.pk).order_by("history_id")
        assert [entry.version for entry in entries] == list(range(1, airport.version + 1))
        last = entries[airport.version - 1]
        assert [getattr(last, name) for name in NAMES] == [getattr(airport, name) for name in NAMES]
