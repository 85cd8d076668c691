"""Deliveries of residents over a real Kafka: whole, in parts, twice, wrong."""

import json
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from config.common.kafka.models import Position
from config.common.problems import Conflict
from imports.documents.messages import checksum_of, written_checksum
from imports.models import Citizen, Import, RawChunk
from imports.services.erasing.delete_delivery import delete_delivery, purge_deleted_deliveries
from imports.services.loading import receive_residents
from imports.services.loading.arrivals import State
from imports.services.loading.load_received import load_received
from imports.services.loading.receive_delivery import reload_delivery
from imports.services.loading.steer_delivery import approve_delivery, discard_delivery, retry_delivery
from imports.services.raw_bodies import read_body
from tests.factories import people
from tests.kafka.installation import Installation
from tests.kafka.reading import letters, read_all, told
from tests.kafka.supplier import Delivery, send

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes() -> dict[str, int]:
    """How many messages became what, over all partitions."""
    rows = Position.objects.all()
    return {name: sum(getattr(row, name) for row in rows) for name in ("stored", "repeated", "ignored", "refused")}


def test_a_delivery_that_is_whole_is_loaded_as_any_other(kafka: Installation) -> None:
    citizens = people(300)
    send(kafka, Delivery(citizens, name="2026-11", source="Kyiv").whole())

    read_all()

    found = Import.objects.get()
    assert (found.status, found.source, found.file_name, found.errors) == ("queued", "Kyiv", "2026-11", [])
    assert load_received(import_id=found.pk) == "complete"
    assert Citizen.objects.of(found.pk).count() == 300
    assert outcomes() == {"stored": 302, "repeated": 0, "ignored": 0, "refused": 0}
    assert letters() == []


def test_the_order_of_control_messages_and_residents_does_not_matter(kafka: Installation) -> None:
    delivery = Delivery(people(20))
    send(kafka, [delivery.end()])
    read_all()
    assert told(Import.objects.get()) == ["Its messages are still coming."]
    send(kafka, [*reversed(delivery.residents)])
    read_all()
    assert Import.objects.get().status == "checked"

    send(kafka, [delivery.begin()])
    read_all()

    assert Import.objects.get().status == "queued"


def test_what_is_missing_is_named_and_loaded_once_it_has_come(
    kafka: Installation, superuser: User, manager: APIClient, root: Client
) -> None:
    delivery = Delivery(people(100))
    send(kafka, delivery.whole(without={17, 40, 41}))

    read_all()

    found = Import.objects.get()
    assert (found.status, told(found)) == ("checked", ["3 of 100 messages missing: 17, 40-41."])
    with pytest.raises(Conflict, match="3 of 100 messages missing"):
        approve_delivery(import_id=found.pk, actor=superuser)
    answer = manager.post(f"/imports/{found.pk}/approve")
    assert (answer.status_code, answer.json()["detail"]) == (409, "3 of 100 messages missing: 17, 40-41.")
    assert "3 of 100 messages missing" in root.get(f"/admin/imports/import/{found.pk}/change/").content.decode()
    with pytest.raises(Conflict, match="3 of 100 messages missing"):
        reload_delivery(import_id=found.pk, actor=superuser)
    assert Import.objects.get().status == "checked"

    send(kafka, [delivery.residents[place] for place in (40, 16, 39)])
    read_all()

    assert load_received(import_id=found.pk) == "complete"
    assert Citizen.objects.of(found.pk).count() == 100


def test_what_comes_twice_changes_nothing(kafka: Installation) -> None:
    delivery = Delivery(people(50))
    send(kafka, [*delivery.whole(without={50}), *delivery.residents[:20], *delivery.residents[:20]])
    read_all()
    assert outcomes() == {"stored": 51, "repeated": 40, "ignored": 0, "refused": 0}

    send(kafka, delivery.whole())
    read_all()

    body = b"".join(read_body(Import.objects.get().pk))
    assert sorted(body.splitlines()) == sorted(delivery.values)
    send(kafka, delivery.whole())
    read_all()
    assert Import.objects.get().status == "queued"
    assert b"".join(read_body(Import.objects.get().pk)) == body
    assert outcomes() == {"stored": 52, "repeated": 91, "ignored": 52, "refused": 0}


def test_another_content_than_announced_is_not_loaded(kafka: Installation) -> None:
    delivery = Delivery(people(3))
    other = delivery.resident(2, json.dumps(people(1)[0]).encode())
    send(kafka, [delivery.begin(), delivery.residents[0], other, delivery.residents[2], delivery.end()])

    read_all()

    found = Import.objects.get()
    assert found.status == "checked"
    assert "checksum" in told(found)[0]
    # Its producer takes the word back.
    values = [delivery.values[0], other.value, delivery.values[2]]
    send(kafka, [delivery.end(checksum=written_checksum(checksum_of(values)))])
    read_all()
    assert Import.objects.get().status == "queued"


def test_more_than_announced_is_not_loaded(kafka: Installation) -> None:
    delivery = Delivery(people(5))
    send(kafka, [delivery.begin(), *delivery.residents, delivery.end(count=3)])

    read_all()

    assert told(Import.objects.get()) == ["2 messages more than the 3 that were announced: 4-5."]


def test_a_delivery_of_nobody_is_loaded(kafka: Installation) -> None:
    send(kafka, Delivery([]).whole())

    read_all()

    assert load_received(import_id=Import.objects.get().pk) == "complete"


def test_a_review_that_is_asked_for_stops_the_whole_delivery(kafka: Installation, superuser: User) -> None:
    delivery = Delivery(people(10))
    send(kafka, [*delivery.residents, delivery.end(), delivery.begin(review=True)])

    read_all()

    found = Import.objects.get()
    assert load_received(import_id=found.pk) == "checked"
    approve_delivery(import_id=found.pk, actor=superuser)
    assert load_received(import_id=found.pk) == "complete"


def test_what_comes_for_a_discarded_delivery_is_ignored(kafka: Installation, superuser: User) -> None:
    delivery = Delivery(people(10))
    send(kafka, delivery.whole(without={3}))
    read_all()
    found = Import.objects.get()
    discard_delivery(import_id=found.pk, actor=superuser)

    send(kafka, [delivery.residents[2]])
    read_all()

    assert Import.objects.get().status == "cancelled"
    assert outcomes()["ignored"] == 1
    with pytest.raises(Conflict, match="1 of 10 messages missing"):
        retry_delivery(import_id=found.pk, actor=superuser)


def test_a_delivery_that_was_deleted_does_not_come_back(kafka: Installation, superuser: User) -> None:
    delivery = Delivery(people(10))
    send(kafka, delivery.whole())
    read_all()
    delete_delivery(import_id=Import.objects.get().pk, actor=superuser)
    purge_deleted_deliveries()

    send(kafka, delivery.whole())
    read_all()

    assert not Import.objects.exists()
    assert not RawChunk.objects.exists()


def test_deliveries_with_one_name_of_two_sources_are_two(kafka: Installation) -> None:
    send(kafka, Delivery(people(3), source="Kyiv").whole() + Delivery(people(4), source="Lviv").whole())

    read_all()

    found = [(row.source, row.status, load_received(import_id=row.pk)) for row in Import.objects.order_by("source")]
    assert found == [("Kyiv", "queued", "complete"), ("Lviv", "queued", "complete")]
    assert [Citizen.objects.filter(delivery__source=name).count() for name in ("Kyiv", "Lviv")] == [3, 4]


def test_an_aborted_transaction_is_invisible(kafka: Installation) -> None:
    delivery = Delivery(people(10))
    send(kafka, delivery.whole(), end="abort_transaction")
    read_all()
    assert not Import.objects.exists()

    send(kafka, delivery.whole(), end="commit_transaction")
    read_all()

    assert Import.objects.get().status == "queued"
    # Else the first half would prove nothing.
    assert len(kafka.read("residents", "read_uncommitted")) == 20


def test_line_breaks_inside_a_value_are_as_good_as_blanks(kafka: Installation) -> None:
    delivery = Delivery(people(2))
    delivery.values[0] = delivery.values[0].replace(b", ", b",\n  ")
    delivery.residents[0] = delivery.resident(1, delivery.values[0])
    send(kafka, delivery.whole())

    read_all()

    assert load_received(import_id=Import.objects.get().pk) == "complete"
    assert Citizen.objects.count() == 2


def test_without_the_count_half_a_delivery_would_be_loaded(
    kafka: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the control channel."""
    monkeypatch.setattr(State, "is_whole", True)
    send(kafka, Delivery(people(10)).whole(without={3}))

    read_all()

    assert Import.objects.get().status == "queued"


def test_without_the_sequences_what_comes_twice_would_be_there_twice(
    kafka: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the sequences that are known."""
    monkeypatch.setattr(receive_residents, "known_sequences", Mock(return_value=set()))
    delivery = Delivery(people(10))
    send(kafka, [*delivery.residents])
    read_all()
    send(kafka, [*delivery.residents])

    read_all()

    assert len(b"".join(read_body(Import.objects.get().pk)).splitlines()) == 20
