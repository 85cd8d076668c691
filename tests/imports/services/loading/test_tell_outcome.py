"""What became of a delivery is written into the outbox, once, with it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from rest_framework.test import APIClient

from config.common.events.models import Event
from imports.models import Import
from imports.services.loading import load_received as service
from imports.services.loading.load_received import load_received
from imports.services.loading.steer_delivery import approve_delivery
from tests.factories import people
from tests.imports.world import body_of, lines_of, received

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str, int | None, int]]:
    rows = Event.objects.order_by("id")
    return [(row.kind, row.about, row.data["residents"], row.data["errors"]) for row in rows]


@pytest.mark.parametrize("holds", [False, True])
@pytest.mark.parametrize("media_type", ["application/json", "application/x-ndjson"])
def test_a_delivery_that_is_loaded_at_once_is_told_of_once(
    manager: APIClient, settings: Settings, media_type: str, holds: bool
) -> None:
    settings.IMPORT_HOLD_LOSSES = holds
    write = body_of if media_type == "application/json" else lines_of
    answer = manager.post("/imports?source=one", write(people(3)), content_type=media_type)
    number = answer.json()["data"]["import_id"]
    assert told() == [("delivery.complete", f"/imports/{number}", 3, 0)]
    assert Event.objects.get().data["source"] == "one"


def test_one_that_is_refused_is_no_delivery(manager: APIClient) -> None:
    assert manager.post("/imports", b"{}", content_type="application/json").status_code == 400
    assert told() == []


def test_one_that_would_take_many_away_waits(manager: APIClient, settings: Settings) -> None:
    settings.IMPORT_HOLD_LOSSES = True
    for count in (20, 2):
        manager.post("/imports", body_of(people(count)), content_type="application/json")
    assert [(kind, residents) for kind, _, residents, _ in told()] == [
        ("delivery.complete", 20),
        ("delivery.waiting", 2),
    ]


@pytest.mark.django_db(transaction=True)
def test_the_ways_of_one_in_the_background(superuser: User) -> None:
    complete = received(body_of(people(2)))
    failed = received(body_of([people(1)[0] | {"gender": "x", "town": ""}]))
    checked = received(body_of(people(4)), review=True)
    for number in (complete, failed, checked):
        load_received(import_id=number)
    assert told() == [
        ("delivery.complete", f"/imports/{complete}", 2, 0),
        ("delivery.failed", f"/imports/{failed}", 0, 2),
        ("delivery.waiting", f"/imports/{checked}", 4, 0),
    ]
    approve_delivery(import_id=checked, actor=superuser)
    load_received(import_id=checked)
    # Found complete again, and told once.
    load_received(import_id=checked)
    assert told()[3:] == [("delivery.complete", f"/imports/{checked}", 4, 0)]


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_is_not_stored_in_the_end_is_not_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    number = received(body_of(people(2)))

    def cut(*_: Any, **__: Any) -> None:
        raise ConnectionResetError

    # What comes last in its transaction.
    monkeypatch.setattr(service, "body_goes_at_once", lambda: True)
    monkeypatch.setattr(service, "remove_body", cut)
    with pytest.raises(ConnectionResetError):
        load_received(import_id=number)
    assert (told(), Import.objects.get(pk=number).status) == ([], "loading")
