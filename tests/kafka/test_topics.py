"""The topics, as a real cluster has them."""

from io import StringIO

import pytest
from confluent_kafka.admin import ConfigResource
from django.core.management import CommandError, call_command
from pytest_django import Settings

from config.common.kafka.clients import admin, consumer, producer
from config.common.kafka.topics import EVENTS, RELAY, all_topics
from tests.kafka.broker import Broker
from tests.kafka.installation import Installation


def test_what_is_sent_is_read(kafka: Installation) -> None:
    kafka.produce("events", b"one", b"two", key="7")

    found = kafka.read("events")

    assert [(each.key(), each.value()) for each in found] == [(b"7", b"one"), (b"7", b"two")]


def test_a_consumer_sees_nothing_that_its_producer_took_back(kafka: Installation) -> None:
    sending = producer(transactional_id=f"{kafka.prefix}test")
    sending.init_transactions(20)
    for value, end in ((b"given", sending.commit_transaction), (b"taken back", sending.abort_transaction)):
        sending.begin_transaction()
        sending.produce(EVENTS.full_name, value, "key")
        sending.flush(20)
        end(20)

    assert [each.value() for each in kafka.read("events")] == [b"given"]
    # Else it would prove nothing.
    assert [each.value() for each in kafka.read("events", "read_uncommitted")] == [b"given", b"taken back"]


def test_a_consumer_that_was_not_told_where_to_begin_fails(kafka: Installation) -> None:
    kafka.produce("events", b"one", key="7")
    reading = consumer("test")
    try:
        reading.subscribe([EVENTS.full_name])
        errors = [each.error() for each in reading.consume(1, 20)]
    finally:
        reading.close()

    assert [error and error.name() for error in errors] == ["_AUTO_OFFSET_RESET"]


def test_topics_are_made_once_with_what_keeps_messages(kafka: Installation) -> None:
    output = StringIO()

    call_command("create_topics", stdout=output)

    assert output.getvalue().splitlines() == [f"{topic.full_name}: was there" for topic in all_topics()]
    made = admin().list_topics(timeout=20).topics
    assert len(made[EVENTS.full_name].partitions) == 3
    assert len(made[RELAY.full_name].partitions) == 1
    assert _config(EVENTS.full_name, "cleanup.policy", "unclean.leader.election.enable", "retention.ms") == [
        "delete",
        "false",
        "604800000",
    ]
    assert _config(RELAY.full_name, "cleanup.policy") == ["compact"]


def test_more_copies_than_brokers_are_refused(broker: Broker, settings: Settings) -> None:
    settings.KAFKA_BOOTSTRAP_SERVERS = broker.address
    settings.KAFKA_PREFIX = "too-many."

    with pytest.raises(CommandError, match="replication factor"):
        call_command("create_topics")


def _config(topic: str, *names: str) -> list[str | None]:
    asked = ConfigResource(ConfigResource.Type.TOPIC, topic)
    client = admin()
    found = client.describe_configs([asked])[asked].result(20)
    return [found[name].value for name in names]
