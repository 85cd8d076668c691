"""Messages that are wrong: each is a dead letter that says why, and stops nobody."""

import json
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from config.common.kafka.messages import Message
from config.common.kafka.models import DeadLetter
from imports.models import Import
from imports.services.loading import receive_residents
from imports.services.raw_bodies import read_body
from tests.effort import THOROUGH
from tests.factories import alike, people
from tests.kafka.installation import Installation
from tests.kafka.reading import PATIENCE, letters, read_all, told
from tests.kafka.supplier import Delivery, Sent, send

pytestmark = pytest.mark.django_db(transaction=True)


def _poison(delivery: Delivery) -> list[tuple[Sent, tuple[str, str]]]:
    """Messages that are wrong, each in a way of its own, and what is said of them."""
    good = people(1)[0]

    def resident(sequence: int, **wrong: Any) -> Sent:
        return delivery.resident(sequence, json.dumps(good | wrong).encode())

    def with_sequence(written: bytes) -> Sent:
        return first._replace(headers=[*first.headers[:2], ("sequence", written)])

    first = delivery.residents[0]
    return [
        (delivery.resident(1, b"{"), ("invalid", "malformed_json")),
        (delivery.resident(2, b""), ("invalid", "malformed_json")),
        (delivery.resident(3, b"[]"), ("invalid", "invalid_type")),
        (delivery.resident(4, b"\xff\xfe{}"), ("invalid", "malformed_json")),
        (resident(5, town=""), ("invalid", "town: too_short")),
        (resident(6, Anna=1), ("invalid", "unknown_field")),
        (resident(7, friends=[9], relatives=[9]), ("invalid", "friends: in_both_lists")),
        (resident(8, birth_date="31.12.2999"), ("invalid", "birth_date: future_date")),
        (first._replace(key=None), ("key", "key")),
        (first._replace(key=b"\xff"), ("key", "key")),
        (first._replace(key=b"other"), ("header", "delivery")),
        (first._replace(headers=[]), ("header", "delivery")),
        (with_sequence(b"0"), ("header", "sequence")),
        (with_sequence(b"-1"), ("header", "sequence")),
        (with_sequence(b"9" * 40), ("header", "sequence")),
        (with_sequence("１".encode()), ("header", "sequence")),
        (delivery.resident(1, first.value, source=b"-"), ("header", "source")),
        (delivery.resident(1, first.value, source=b"a\0"), ("header", "source")),
        (delivery.control({"type": "middle"}), ("invalid", "control")),
        (delivery.control({"type": "end", "count": -1, "checksum": "0" * 16}), ("invalid", "control")),
    ]


def test_wrong_messages_become_dead_letters_and_the_others_are_kept(kafka: Installation) -> None:
    delivery = Delivery(people(20))
    wrong = _poison(delivery)
    # Of a message without a key the client chooses a partition.
    send(kafka, [each for each, _ in wrong] + delivery.residents[8:] + [delivery.begin(), delivery.end()])

    read_all()

    assert sorted(letters()) == sorted(said for _, said in wrong)
    found = Import.objects.get(source="Kyiv")
    assert told(found) == ["8 of 20 messages not valid, see the dead letters: 1-8."]
    sent = kafka.read("dead-letters")
    assert len(sent) == len(wrong)
    names = {name for each in sent for name in dict(each.headers() or [])}
    assert names == {"id", "reason", "detail", "topic", "partition", "offset"}


def test_an_unknown_source_waits_in_the_dead_letters(kafka: Installation, settings: Settings) -> None:
    settings.IMPORT_NEW_SOURCES = False
    delivery = Delivery(people(3))
    send(kafka, delivery.whole())

    read_all()

    assert letters() == [("unknown_source", "source")] * 5
    assert not Import.objects.exists()


def test_many_wrong_messages_among_more_good_ones_stop_nothing(kafka: Installation) -> None:
    count, wrong = (100_000, 1_000) if THOROUGH else (2_000, 20)
    delivery = Delivery(alike(count))
    sequences = range(7, count, count // wrong)
    for sequence in sequences:
        delivery.residents[sequence - 1] = delivery.resident(sequence, b'{"citizen_id": "x"}')
    send(kafka, delivery.whole())

    read_all(10 * PATIENCE)

    assert DeadLetter.objects.count() == wrong
    assert told(Import.objects.get())[0].startswith(f"{wrong:,} of {count:,} messages not valid")
    send(kafka, [delivery.resident(sequence, delivery.values[sequence - 1]) for sequence in sequences])
    read_all(PATIENCE)
    body = b"".join(read_body(Import.objects.get(status="queued").pk))
    assert sorted(body.splitlines()) == sorted(delivery.values)


@transaction.atomic
def test_a_message_beyond_a_mebibyte_is_too_large(transactional_db: None) -> None:
    sent = Delivery(people(1)).resident(1, b" " * (1024 * 1024 + 1))
    message = Message("residents", 0, 0, sent.key, sent.value, [("source", b"Kyiv"), *delivered(sent)])

    outcome = receive_residents.receive_residents([message])

    assert [(one.reason, one.detail) for one in outcome.refusals] == [("too_large", "")]


def delivered(sent: Sent) -> list[tuple[str, bytes | None]]:
    """Its headers but the source."""
    return [("delivery", sent.key), ("sequence", b"1")]
