"""The end of deleted and of erased deliveries, as tasks."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from config.common.background.single import single_run
from imports import tasks
from imports.models import Citizen, Import
from imports.services import refresh_demand
from imports.services.erasing import delete_delivery as deleting
from imports.services.erasing import erase_delivery as erasing
from imports.services.erasing.delete_delivery import PURGE, delete_delivery, purge_deleted_deliveries
from imports.services.erasing.erase_delivery import ERASE, erase_delivery
from imports.services.loading.load_document import load_document
from imports.services.refresh_demand import REFRESH_DEMAND
from imports.tasks import erase, purge_deleted, sweep_deleted, sweep_erased, vacuum

BODY = (
    b'{"citizens": [{"citizen_id": 1, "town": "Minsk", "street": "S", "building": "1", "apartment": 1,'
    b' "name": "N", "birth_date": "01.02.2000", "gender": "male", "relatives": []}]}'
)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What was enqueued, instead of doing it."""
    messages: list[tuple[str, dict[str, Any]]] = []
    for module in (tasks, deleting, erasing, refresh_demand):
        monkeypatch.setattr(module, "enqueue", lambda name, **kwargs: messages.append((name, kwargs)))
    return messages


@pytest.fixture
def delivery(superuser: User) -> Import:
    return load_document(body=BODY, source="tests", actor=superuser)


@pytest.mark.django_db
def test_deleting_enqueues_the_purge_and_the_purge_removes_every_row(delivery: Import, sent: list[Any]) -> None:
    delete_delivery(import_id=delivery.pk, actor=None)
    assert sent == [(PURGE, {}), (REFRESH_DEMAND, {})]
    purge_deleted.run()
    assert (Import.objects.count(), Citizen.objects.count()) == (0, 0)
    assert sent == [(PURGE, {}), (REFRESH_DEMAND, {})]


@pytest.mark.django_db
def test_a_purge_whose_time_is_over_leaves_the_rest_to_another_message(
    delivery: Import, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_PURGE_SECONDS", 0)
    delete_delivery(import_id=delivery.pk, actor=None)
    purge_deleted.run()
    assert Citizen.objects.count() == 1
    assert sent == [(PURGE, {}), (REFRESH_DEMAND, {}), (PURGE, {"expires": 60.0})]


@pytest.mark.django_db
def test_the_sweep_finds_what_was_deleted_while_redis_was_away_and_nothing_else(
    delivery: Import, sent: list[Any]
) -> None:
    sweep_deleted()
    assert sent == []
    Import.objects.filter(pk=delivery.pk).update(deleted_at=timezone.now())
    sweep_deleted()
    assert sent == [(PURGE, {"expires": 60.0})]


@pytest.mark.django_db(transaction=True)
def test_a_purge_beside_another_does_nothing(delivery: Import, sent: list[Any]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def purge_elsewhere() -> None:
        purge_deleted.run()
        connection.close()

    Import.objects.filter(pk=delivery.pk).update(deleted_at=timezone.now())
    with single_run(PURGE), ThreadPoolExecutor(1) as pool:
        pool.submit(purge_elsewhere).result(5)
    assert Citizen.objects.count() == 1
    assert purge_deleted_deliveries() == 1


@pytest.mark.django_db
def test_erasing_enqueues_a_task_that_removes_every_row(delivery: Import, sent: list[Any]) -> None:
    erase_delivery(import_id=delivery.pk, actor=None)
    assert sent == [(ERASE, {}), (REFRESH_DEMAND, {})]
    erase.run()
    assert (Import.objects.get().status, Citizen.objects.count()) == ("erased", 0)
    assert sent == [(ERASE, {}), (REFRESH_DEMAND, {})]


@pytest.mark.django_db
def test_an_erasure_whose_time_is_over_leaves_the_rest_to_another_message(
    delivery: Import, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_PURGE_SECONDS", 0)
    erase_delivery(import_id=delivery.pk, actor=None)
    erase.run()
    assert Citizen.objects.count() == 1
    assert sent == [(ERASE, {}), (REFRESH_DEMAND, {}), (ERASE, {"expires": 60.0})]


@pytest.mark.django_db
def test_the_sweep_finds_what_was_erased_while_redis_was_away_and_nothing_else(
    delivery: Import, sent: list[Any]
) -> None:
    sweep_erased()
    assert sent == []
    Import.objects.filter(pk=delivery.pk).update(status="erased")
    sweep_erased()
    assert sent == [(ERASE, {"expires": 60.0})]


@pytest.mark.django_db(transaction=True)
def test_the_task_that_reclaims_space_runs_outside_a_transaction() -> None:
    vacuum.run()
