"""The product on a Kafka, seen from outside."""

import os
from collections.abc import Iterable
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Message, Producer, TopicPartition

from tests.kafka.broker import Broker
from tests.server import database_url

SECONDS = 20


class Installation:
    """Its topics begin with `prefix`; `settings` and `environment` say so to this process and to its children."""

    def __init__(self, broker: Broker, prefix: str) -> None:
        self.broker = broker
        self.prefix = prefix
        self.settings: dict[str, Any] = {
            "KAFKA_BOOTSTRAP_SERVERS": broker.address,
            "KAFKA_PREFIX": prefix,
            "KAFKA_PARTITIONS": 3,
            "KAFKA_REPLICATION": 1,
            "KAFKA_MIN_INSYNC_REPLICAS": 1,
            "KAFKA_SESSION_SECONDS": 6,
            "KAFKA_TRANSACTION_SECONDS": 10,
        }

    def environment(self, **more: str) -> dict[str, str]:
        """For a process on the test's database."""
        told = {name: str(value) for name, value in self.settings.items()}
        return {**os.environ, "DATABASE_URL": database_url(), **told, **more}

    def produce(self, topic: str, *values: bytes, key: str | None = None) -> None:
        """Sends them, and waits until Kafka has them; raises where it refuses one."""
        client = Producer({"bootstrap.servers": self.broker.address, "acks": "all"})
        refused: list[Any] = []
        for value in values:
            client.produce(
                self.prefix + topic, value, key, on_delivery=lambda error, _: refused.append(error) if error else None
            )
        left = client.flush(SECONDS)
        assert not left, f"{left} messages were not sent"
        assert not refused, refused

    def read(self, topic: str, isolation: str = "read_committed") -> list[Message]:
        """Every message of a topic up to its end as it is now, partition by partition."""
        client = self._reader(isolation)
        try:
            return list(_all(client, self.prefix + topic))
        finally:
            client.close()

    def _reader(self, isolation: str) -> Consumer:
        return Consumer(
            {
                "bootstrap.servers": self.broker.address,
                "group.id": f"{self.prefix}outside",
                "enable.auto.commit": False,
                "isolation.level": isolation,
                "enable.partition.eof": True,
            }
        )


def _all(client: Consumer, topic: str) -> Iterable[Message]:
    partitions = client.list_topics(topic, timeout=SECONDS).topics[topic].partitions
    client.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
    open_ones = set(partitions)
    while open_ones:
        message = client.poll(SECONDS)
        assert message is not None, f"{topic}: nothing came of the partitions {open_ones} in {SECONDS} s"
        error = message.error()
        if error is None:
            yield message
        elif error.code() == -191:  # the end of a partition
            open_ones.discard(message.partition())
        else:
            raise KafkaException(error)
