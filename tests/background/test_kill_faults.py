"""A worker or a web server is killed in the middle of what people ask for once: a renaming, an erasure, an approval, an
upload. What was asked is done, once, or nothing of it is."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.db import connection
from rest_framework.test import APIClient

from airports.models import Airport
from imports.models import Citizen, Correction, Import, Rename
from imports.services.erasing.erase_delivery import erase_delivery
from imports.services.residents import rename_value
from imports.services.residents.rename_value import ask_rename
from imports.tasks import sweep_erased, sweep_renames, sweep_stalled
from tests.airports.upload.builders import table
from tests.background.workers import kill, start_worker, until
from tests.factories import alike
from tests.held import held
from tests.imports.admin.people import somebody
from tests.imports.world import body_of, load, stored
from tests.server import start_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

MANY = 500
LEASE_SECONDS = "2"


def waits() -> bool:
    """Whether somebody waits for a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE datname = current_database() AND NOT granted AND locktype = 'relation'"
        )
        return bool(cursor.fetchone()[0])


def killed_at(table: str) -> None:
    """A worker takes what is in the queues, and is killed as it begins to write to this table."""
    with held(table), start_worker(LEASE_SECONDS=LEASE_SECONDS) as first:
        until(waits)
        kill(first)
    # Its connection ends when the server notices, or as here, when it wants to answer.
    until(lambda: not waits())


def until_swept(sweep: Callable[[], None], done: Callable[[], object]) -> None:
    def look() -> object:
        sweep()
        return done()

    with start_worker(LEASE_SECONDS=LEASE_SECONDS):
        until(look)


def test_a_renaming_whose_worker_is_killed_is_carried_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rename_value, "_AT_ONCE", 0)
    import_id = load([one | {"town": "Kiev"} for one in alike(MANY)])
    before = Import.objects.get().revision
    ask_rename(import_id=import_id, field="town", before="Kiev", after="Kyiv", actor=somebody("Editors"))
    killed_at("imports_correction")
    assert (Correction.objects.count(), Citizen.objects.filter(town="Kiev").count()) == (0, MANY)
    until_swept(sweep_renames, lambda: Rename.objects.exclude(finished_at=None).exists())
    assert {one["town"] for one in stored(import_id).values()} == {"Kyiv"}
    assert (Correction.objects.count(), Import.objects.get().revision) == (MANY, before + 1)


def test_an_erasure_whose_worker_is_killed_leaves_nobody() -> None:
    import_id = load(alike(MANY))
    erase_delivery(import_id=import_id, actor=None)
    killed_at("imports_citizen")
    assert Import.objects.to_scrub().exists()
    until_swept(sweep_erased, lambda: not Import.objects.to_scrub().exists())
    assert (Citizen.objects.count(), Import.objects.get().status) == (0, "erased")


def test_what_was_approved_is_loaded_once_when_its_worker_is_killed(manager: APIClient) -> None:
    headers: dict[str, Any] = {"HTTP_PREFER": "respond-async"}
    body = body_of(alike(MANY))
    url = manager.post("/imports?review=true", body, content_type="application/json", **headers)["Location"]
    with start_worker(LEASE_SECONDS=LEASE_SECONDS):
        until(lambda: Import.objects.get().status == "checked")
    assert [manager.post(f"{url}/approve").status_code for _ in range(2)] == [202, 409]
    killed_at("imports_citizen")
    assert (Import.objects.get().status, Citizen.objects.count()) == ("loading", 0)
    until_swept(sweep_stalled, lambda: Import.objects.get().status == "complete")
    assert (Import.objects.get().attempts, Citizen.objects.count()) == (2, MANY)


def test_an_upload_whose_web_server_is_killed_has_stored_nothing_and_can_be_sent_again(
    token_of: Callable[[str], str],
) -> None:
    token, file = token_of("Managers"), table(*({"name": f"Place {number}"} for number in range(MANY)))
    with start_server() as server, held("airports_airport"):
        answers: list[int | str] = []
        caller = threading.Thread(target=lambda: answers.append(upload(server.client(token), file)))
        caller.start()
        until(waits)
        os.killpg(server.process.pid, signal.SIGKILL)
        caller.join(30)
    until(lambda: not waits())
    assert (answers, Airport.objects.count()) == ([503], 0)
    with start_server() as server:
        assert upload(server.client(token), file) == 201
    assert Airport.objects.count() == MANY


def upload(client: httpx.Client, file: bytes) -> int:
    with client:
        return client.post("/upload", files={"file": ("airports.csv", file)}).status_code
