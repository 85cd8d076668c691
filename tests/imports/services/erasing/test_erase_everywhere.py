"""Erasing: gone at once for every reader, and afterwards found nowhere in the database."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from config.common.idempotency.models import IdempotencyKey
from imports.fields import Patch
from imports.models import Citizen, Correction, Import, RawChunk
from imports.services.erasing.erase_delivery import Erasure, erase_delivery, plan_erasure, scrub_erased_deliveries
from imports.services.loading import load_received as module
from imports.services.residents.correct_resident import correct_resident
from tests.factories import people
from tests.imports.planted import NAME, found_in_database, planted_people
from tests.imports.world import body_of, received

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planted(manager: APIClient) -> int:
    """A complete delivery that left its traces everywhere: rows, raw body, correction, review, idempotent answers."""
    body = body_of(planted_people())
    answer = manager.post(
        "/imports?source=s",
        body,
        content_type="application/json",
        HTTP_PREFER="respond-async",
        HTTP_IDEMPOTENCY_KEY="one",
    )
    import_id = int(answer.json()["data"]["import_id"])
    assert module.load_received(import_id=import_id) == "complete"
    for patch in (Patch(name="Other", street="Else", birth_date="01.01.1970"), Patch(name=NAME)):
        correct_resident(import_id=import_id, citizen_id=1, patch=patch, actor=None)
    later = received(body_of(people(3, name="Other")), source="s", review=True)
    assert module.load_received(import_id=later) == "checked"
    assert {table for table, _, _ in found_in_database()} == {
        "imports_citizen", "imports_correction", "imports_rawchunk", "imports_import",
    }  # fmt: skip
    return import_id


def test_nothing_personal_is_left_in_any_table(planted: int, manager: APIClient) -> None:
    erase_delivery(import_id=planted, actor=None)
    assert scrub_erased_deliveries() == 1
    assert found_in_database() == []
    assert (Citizen.objects.of(planted).count(), RawChunk.objects.filter(delivery_id=planted).count()) == (0, 0)
    assert Import.objects.get(pk=planted).scrubbed_at is not None
    assert scrub_erased_deliveries() == 0


def test_the_import_stays_in_the_list_and_its_contents_are_gone(planted: int, manager: APIClient) -> None:
    erase_delivery(import_id=planted, actor=None)
    for _ in range(2):
        assert manager.get(f"/imports/{planted}").json()["data"]["status"] == "erased"
        assert manager.get("/imports?status=erased").json()["data"][0]["citizens"] == 3
        for path in (
            "citizens",
            "citizens?format=csv",
            "citizens/1",
            "citizens/birthdays",
            "towns/stat/percentile/age",
        ):
            assert manager.get(f"/imports/{planted}/{path}").status_code == 410
        assert manager.patch(f"/imports/{planted}/citizens/1", {"name": "N"}).status_code == 410
        assert manager.post(f"/imports/{planted}/retry").status_code == 409
        scrub_erased_deliveries()


def test_who_corrected_which_fields_when_stays(planted: int) -> None:
    before = list(Correction.objects.values_list("id", "citizen_id", "corrected_at"))
    erase_delivery(import_id=planted, actor=None)
    scrub_erased_deliveries()
    assert list(Correction.objects.values_list("id", "citizen_id", "corrected_at")) == before
    nothing = {"from": None, "to": None}
    assert [row.changes for row in Correction.objects.order_by("id")] == [
        {"name": nothing, "street": nothing, "birth_date": nothing},
        {"name": nothing},
    ]


def test_a_repeated_request_does_not_bring_it_back(planted: int, manager: APIClient) -> None:
    first = IdempotencyKey.objects.get()
    erase_delivery(import_id=planted, actor=None)
    scrub_erased_deliveries()
    kept = IdempotencyKey.objects.get(pk=first.pk)
    assert (kept.request_hash, kept.body) == ("", "{}")
    headers: dict[str, Any] = {"HTTP_PREFER": "respond-async", "HTTP_IDEMPOTENCY_KEY": "one"}
    body = body_of(planted_people())
    assert manager.post("/imports?source=s", body, content_type="application/json", **headers).status_code == 422


def test_answers_about_other_imports_stay(planted: int, manager: APIClient) -> None:
    manager.post("/imports", {"citizens": []}, HTTP_IDEMPOTENCY_KEY="two")
    bodies = set(IdempotencyKey.objects.values_list("body", flat=True))
    other = json.loads(max(bodies, key=lambda body: json.loads(body)["data"]["import_id"]))["data"]["import_id"]
    erase_delivery(import_id=other, actor=None)
    scrub_erased_deliveries()
    assert set(IdempotencyKey.objects.values_list("body", flat=True)) - bodies == {"{}"}
    assert IdempotencyKey.objects.count() == 2


def test_a_worker_that_loads_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = received(body_of(planted_people()))
    read = module.read_received

    def erased_meanwhile(delivery: Import) -> Any:
        citizens = read(delivery)
        erase_delivery(import_id=import_id, actor=None)
        return citizens

    monkeypatch.setattr(module, "read_received", erased_meanwhile)
    assert module.load_received(import_id=import_id) == "stopped"
    scrub_erased_deliveries()
    assert found_in_database() == []


def test_the_plan_says_what_would_go_and_changes_nothing(planted: int) -> None:
    assert plan_erasure(import_id=planted) == Erasure(citizens=3, corrections=2, body_chunks=1, reviews=1, answers=1)
    assert Import.objects.get(pk=planted).status == "complete"


def test_an_erased_import_can_still_be_deleted(planted: int, manager: APIClient) -> None:
    erase_delivery(import_id=planted, actor=None)
    assert manager.delete(f"/imports/{planted}").status_code == 204
    from imports.services.erasing.delete_delivery import purge_deleted_deliveries

    assert purge_deleted_deliveries() == 1
    assert scrub_erased_deliveries() == 0
    assert found_in_database() == []
