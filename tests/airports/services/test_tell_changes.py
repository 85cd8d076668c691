"""Programs are told what changed of airports, where there is a Kafka to tell it by."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from airports.services.create_airport import create_airport
from airports.services.delete_airport import delete_airport
from airports.services.drain_creates import drain_creates
from airports.services.flag_airport import flag_airport
from airports.services.flag_many import flag_airports, restore_airports
from airports.services.purge_airports import purge_airports
from airports.services.queue_create import queue_create
from airports.services.update_airport import update_airport
from config.common.events.models import Event, Notice
from config.common.events.services.fan_out import fan_out
from config.common.problems import Conflict
from tests.airports.builders import make_airport
from tests.airports.upload.builders import upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def switched_on(settings: Settings) -> None:
    """Nobody is asked: what is told waits in the outbox."""
    settings.KAFKA_BOOTSTRAP_SERVERS = "127.0.0.1:1"


def told() -> list[tuple[str, dict[str, Any]]]:
    """What was told since the last look."""
    found = list(Event.objects.filter(kind="airport.changed").order_by("pk").values_list("about", "data"))
    Event.objects.all().delete()
    return found


def counts(airport_id: int | None = None, **some: int) -> dict[str, Any]:
    return {"airport_id": airport_id, "created": 0, "changed": 0, "deleted": 0, **some}


@pytest.mark.usefixtures("switched_on")
def test_of_one_airport_each_change_is_told_by_its_address() -> None:
    pk = make_airport().pk
    about = f"/airports/{pk}"
    update_airport(airport_id=pk, values={"city": "Manises"}, actor=None)
    update_airport(airport_id=pk, values={"city": "Manises"}, actor=None)
    flag_airport(airport_id=pk, actor=None)
    restore_airports(airport_ids=[pk], actor=None)
    delete_airport(airport_id=pk, actor=None)

    assert told() == [
        (about, counts(pk, created=1)),
        (about, counts(pk, changed=1)),
        (about, counts(pk, changed=1)),
        ("/airports", counts(changed=1)),
        (about, counts(pk, deleted=1)),
    ]


@pytest.mark.usefixtures("switched_on")
def test_several_at_once_are_told_by_their_number(superuser: User) -> None:
    upload({"name": "One", "iata": "AAA"}, {"name": "Two"})
    upload({"name": "One anew", "icao": "AAAA", "iata": "AAA"}, {"name": "Three"})
    queue_create(body=json.dumps({"name": "Four", "latitude": 1, "longitude": 2}).encode(), actor=superuser)
    queue_create(body=b'{"name": ""}', actor=superuser)
    drain_creates()
    pks = [make_airport("Five").pk, make_airport("Six").pk]
    Event.objects.filter(data__created=1, data__airport_id__in=pks).delete()
    flag_airports(airport_ids=pks, actor=None)
    flag_airports(airport_ids=pks, actor=None)
    purge_airports(airport_ids=pks)

    assert told() == [
        ("/airports", counts(created=2)),
        ("/airports", counts(created=1, changed=1)),
        ("/airports", counts(created=1)),
        ("/airports", counts(changed=2)),
        ("/airports", counts(deleted=2)),
    ]


@pytest.mark.usefixtures("switched_on")
def test_an_airport_that_loses_its_code_to_a_file_has_changed() -> None:
    make_airport("One", iata="AAA", icao="AAAA")
    told()

    upload({"name": "Two", "iata": "AAA", "icao": "BBBB"})

    assert told() == [("/airports", counts(created=1, changed=1))]


@pytest.mark.usefixtures("switched_on")
def test_what_was_refused_or_only_looked_at_is_not_told() -> None:
    make_airport(iata="AAA")
    told()

    with pytest.raises(Conflict):
        create_airport(values={"name": "Two", "latitude": 0.0, "longitude": 0.0, "iata": "AAA"}, actor=None)
    upload({"name": "Three"}, dry_run=True)

    assert told() == []


@pytest.mark.usefixtures("switched_on")
def test_nobody_makes_notices_of_it() -> None:
    make_airport()

    assert fan_out() == 0
    assert not Notice.objects.exists()


def test_without_a_kafka_nothing_is_written_down() -> None:
    make_airport()
    upload({"name": "One"})

    assert not Event.objects.exists()
