"""Events leave the outbox for Kafka: once each, in order, whatever happens in between."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InterfaceError, OperationalError, connections, transaction
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from config.common.events.models import Event
from config.common.kafka.clients import producer
from config.common.kafka.cloud_events import letter_of
from config.common.kafka.models import Relay
from config.common.kafka.services import relay as relaying
from config.common.kafka.services.batches import Batch, Batches, Fenced
from config.common.kafka.services.figures import relay_backlog, relay_oldest
from config.common.kafka.services.last_batch import last_batch
from config.common.kafka.topics import EVENTS
from tests.common.observe.metrics.samples import samples
from tests.kafka.installation import Installation
from tests.kafka.outbox import arrived, expect_each_once_in_order, happen, ids_of, relay_all

pytestmark = pytest.mark.django_db(transaction=True)


class Died(BaseException):
    """As if the process had been killed here: nothing catches it."""


def test_an_event_arrives_as_a_cloud_event(kafka: Installation) -> None:
    happen()
    event = Event.objects.get()

    relay_all()

    (message,) = kafka.read("events")
    assert message.headers() == [("content-type", b"application/cloudevents+json; charset=UTF-8")]
    assert message.key() == b"/imports/0"
    (told,) = arrived(kafka)
    assert datetime.fromisoformat(told.pop("time")) == event.created_at
    assert told == {
        "specversion": "1.0",
        "id": str(event.pk),
        "source": f"/{kafka.prefix.rstrip('.')}",
        "type": "delivery.failed",
        "subject": "/imports/0",
        "datacontenttype": "application/json",
        "data": {"import_id": 0, "source": "consulates", "residents": None, "errors": 0},
    }


def test_several_batches_leave_in_order(kafka: Installation) -> None:
    happen(1_200)

    relay_all()

    expect_each_once_in_order(kafka)
    assert last_batch(f"{kafka.prefix}relay") == 3
    # Several of one delivery, or the order would prove nothing.
    assert len({event["subject"] for event in arrived(kafka)}) == 7


def test_an_event_with_a_lower_id_that_is_committed_later_leaves_too(kafka: Installation) -> None:
    slow = connections.create_connection("default")
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute(
                "INSERT INTO events_event (kind, about, data, created_at) "
                "VALUES ('delivery.failed', '/imports/1', '{}', now()) RETURNING id"
            )
            (late,) = cursor.fetchone() or (0,)
        happen()
        relay_all()
        (early,) = ids_of(arrived(kafka))
        slow.commit()
    finally:
        slow.close()

    relay_all()

    assert late < early
    expect_each_once_in_order(kafka)


def test_what_concerns_nobody_outside_stays(kafka: Installation) -> None:
    happen()
    Event.objects.create(kind="digest.weekly", about="/analytics/opportunities", data={"week": "2026-W48"})
    exposed = samples(Client().get("/metrics").content)
    assert exposed["demanda_kafka_relay_backlog"] == 1
    assert 0 < exposed["demanda_kafka_relay_oldest_seconds"] < 60

    relay_all()

    assert [event["type"] for event in arrived(kafka)] == ["delivery.failed"]
    assert (relay_backlog(), relay_oldest()) == (0, 0.0)


def test_a_batch_that_arrived_is_not_sent_again(kafka: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _die_before_confirming(monkeypatch)

    relay_all()

    expect_each_once_in_order(kafka)


def test_without_asking_kafka_it_would_be(kafka: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _die_before_confirming(monkeypatch)
    monkeypatch.setattr(relaying, "last_batch", lambda _: 0)

    relay_all()

    assert len(arrived(kafka)) == 2 * Event.objects.count()


def test_a_batch_that_did_not_arrive_is_sent(kafka: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _die_before_sending(monkeypatch)
    assert arrived(kafka) == []

    relay_all()

    expect_each_once_in_order(kafka)


def test_taken_for_sent_it_would_be_lost(kafka: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _die_before_sending(monkeypatch)
    Relay.objects.update(confirmed=F("batch"))
    happen(2)

    relay_all()

    assert len(arrived(kafka)) == 2


def test_no_batch_is_put_together_while_one_is_in_doubt(kafka: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _die_before_sending(monkeypatch)
    happen(2)

    with pytest.raises(IntegrityError, match="relay_one_batch_in_doubt"):
        Batches.take_over(f"{kafka.prefix}relay").put_together()


@pytest.mark.parametrize(
    "error",
    [
        KafkaException(KafkaError(KafkaError._TIMED_OUT)),
        OperationalError("server closed the connection"),
        InterfaceError("connection already closed"),
        BufferError(),
        Fenced(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_goes_wrong_it_begins_anew(
    kafka: Installation, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    happen(20)
    errors, send = [error], relaying._send

    def fail_once(*arguments: Any) -> None:
        if errors:
            raise errors.pop()
        send(*arguments)

    monkeypatch.setattr(relaying, "_send", fail_once)
    monkeypatch.setattr(relaying, "RECOVERY_PAUSE", 0)

    relay_all()

    expect_each_once_in_order(kafka)
    assert Relay.objects.get().fence == 2


def test_who_was_replaced_in_the_middle_of_a_batch_cannot_send_it(kafka: Installation) -> None:
    first, batch, end = _half_a_batch(kafka, "relay")

    relay_all()

    with pytest.raises(KafkaException):
        end()
    with pytest.raises(Fenced):
        first.confirm(batch)
    with pytest.raises(Fenced):
        first.put_together()
    expect_each_once_in_order(kafka)


def test_under_another_transactional_id_it_could(kafka: Installation) -> None:
    _, _, end = _half_a_batch(kafka, "another")

    relay_all()
    end()

    assert len(arrived(kafka)) == 2 * Event.objects.count()


def test_a_batch_is_in_doubt_alone(kafka: Installation) -> None:
    happen(3)
    batches = Batches.take_over("x")
    batch = batches.put_together()
    assert batch is not None
    assert batches.in_doubt() == batch
    batches.confirm(batch)
    assert batches.in_doubt() is None
    assert batches.put_together() is None


def test_events_of_a_transaction_that_was_rolled_back_do_not_leave(kafka: Installation) -> None:
    happen()
    with transaction.atomic():
        happen()
        transaction.set_rollback(True)

    relay_all()

    assert len(arrived(kafka)) == 1


def test_without_an_address_there_is_no_relay(settings: Settings) -> None:
    settings.KAFKA_BOOTSTRAP_SERVERS = ""
    happen()

    with pytest.raises(CommandError, match="KAFKA_BOOTSTRAP_SERVERS is not set"):
        call_command("relay")
    assert (relay_backlog(), relay_oldest()) == (None, None)


def _die_before_confirming(monkeypatch: pytest.MonkeyPatch) -> None:
    happen(20)
    _die_in(monkeypatch, Batches, "confirm")


def _die_before_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    happen(20)
    _die_in(monkeypatch, relaying, "_send")


def _die_in(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> None:
    def die(*_: Any) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(where, name, die)
        with pytest.raises(Died):
            relay_all()


def _half_a_batch(kafka: Installation, transactional_id: str) -> tuple[Batches, Batch, Callable[[], None]]:
    """A holder that has sent a batch and not committed it, the batch, and what commits it."""
    happen(20)
    holder = Batches.take_over(f"{kafka.prefix}relay")
    batch = holder.put_together()
    assert batch is not None
    sending = producer(transactional_id=f"{kafka.prefix}{transactional_id}")
    sending.init_transactions(20)
    sending.begin_transaction()
    for event in batch.events:
        sending.produce(EVENTS.full_name, letter_of(event).value)
    assert sending.flush(20) == 0
    return holder, batch, partial(sending.commit_transaction, 20)
