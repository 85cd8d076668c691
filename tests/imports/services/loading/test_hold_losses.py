"""A delivery that takes many of its source's residents away waits, where that is asked for."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from rest_framework.test import APIClient

from imports.documents.formats import CSV, JSON, NDJSON
from imports.models import Citizen, Import, Source
from imports.services.loading.hold_losses import load_or_hold, takes_away_many
from imports.services.loading.load_received import load_received
from imports.services.loading.steer_delivery import approve_delivery
from imports.services.naming.change_named import change_named
from tests.factories import alike, delivery, people
from tests.imports.world import body_of, lines_of, load, received, stored

pytestmark = pytest.mark.django_db

SENT: dict[str, Any] = {JSON.media_type: body_of, NDJSON.media_type: lines_of}


@pytest.fixture
def holding(settings: Settings) -> None:
    settings.IMPORT_HOLD_LOSSES = True


def post(client: APIClient, citizens: Any, *, kind: str = JSON.media_type, query: str = "", **extra: Any) -> Any:
    return client.generic("POST", f"/imports?source=one{query}", SENT[kind](citizens), content_type=kind, **extra)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)))
def test_many_are_more_than_a_tenth_by_their_ids(before: set[int], after: set[int]) -> None:
    everybody = alike(30)
    first = load([everybody[number - 1] for number in before], source="one")
    second = load([everybody[number - 1] for number in after], source="one")
    assert takes_away_many(import_id=second, source="one", actor=None) is (10 * len(before - after) > len(before))
    Import.objects.filter(pk__in=[first, second]).update(status="cancelled")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", SENT)
@pytest.mark.usefixtures("holding")
def test_it_is_202_and_checked_without_respond_async_and_loads_as_it_was_sent(manager: APIClient, kind: str) -> None:
    first = load(delivery(40, relations=30, seed=1), source="one")
    citizens = delivery(30, relations=20, seed=2)
    answer = post(manager, citizens, kind=kind)
    data = answer.json()["data"]
    assert (answer.status_code, data["status"], data["citizens"]) == (202, "checked", 30)
    assert (data["review"]["compared_with"], answer.headers["Location"]) == (first, f"/imports/{data['import_id']}")
    assert "Preference-Applied" not in answer.headers
    assert manager.get(f"{answer.headers['Location']}/citizens").status_code == 409
    assert Citizen.objects.of(data["import_id"]).count() == 0
    approve_delivery(import_id=data["import_id"], actor=User.objects.get(username="managers"))
    assert load_received(import_id=data["import_id"]) == "complete"
    assert stored(data["import_id"]) == {one["citizen_id"]: one for one in citizens}


@pytest.mark.usefixtures("holding")
def test_what_takes_few_away_is_201_and_what_is_wrong_leaves_nothing(manager: APIClient) -> None:
    assert post(manager, people(20)).status_code == 201
    assert post(manager, people(20)[:18]).status_code == 201
    broken = json.loads(json.dumps(people(1))) * 2
    assert (post(manager, broken).status_code, Import.objects.count()) == (400, 2)


@pytest.mark.django_db(transaction=True)
def test_by_itself_nothing_waits(manager: APIClient) -> None:
    load(people(20), source="one")
    assert post(manager, []).status_code == 201
    load(people(20), source="one")
    assert load_received(import_id=received(b'{"citizens": []}', source="one")) == "complete"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("holding")
def test_with_respond_async_the_worker_holds_it(manager: APIClient) -> None:
    load(people(20), source="one")
    answer = post(manager, people(3), HTTP_PREFER="respond-async")
    assert (answer.status_code, answer.json()["data"]["status"]) == (202, "queued")
    assert load_received(import_id=answer.json()["data"]["import_id"]) == "checked"


def test_it_is_the_delivery_of_all_names_of_its_source_that_it_replaces() -> None:
    load(people(20), source="uno")
    load([], source="one")
    change_named(Source, pk=Source.objects.get(fold="one").pk, values={"aliases": ["uno"]}, actor=None)
    load(people(20), source="UNO")
    held = load_or_hold(chunks=[body_of(people(2))], format=JSON, source="one", actor=None)
    assert (held.status, held.body_size is not None) == ("checked", True)
    header = b"citizen_id,town,street,building,apartment,name,birth_date,gender,relatives\n"
    assert load_or_hold(chunks=[header], format=CSV, source="another", actor=None).status == "complete"
