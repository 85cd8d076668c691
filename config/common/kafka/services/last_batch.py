"""Reads from Kafka itself which batch arrived last."""

import time

from confluent_kafka import OFFSET_BEGINNING, KafkaError, KafkaException, TopicPartition

from config.common.kafka.clients import PATIENCE, consumer
from config.common.kafka.topics import RELAY


def last_batch(transactional_id: str) -> int:
    """The number of the last batch that was committed under this id; 0 where there is none.

    Call it when no transaction of the id is open any more. The topic is compacted: it is short, and never too old.
    Raises `KafkaException`.
    """
    reading = consumer("relay", enable_partition_eof=True)
    try:
        reading.assign([TopicPartition(RELAY.full_name, 0, OFFSET_BEGINNING)])
        deadline, last = time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            for message in reading.consume(500, timeout=1.0):
                error = message.error()
                if error is None and message.key() == transactional_id.encode():
                    last = int(message.value() or 0)
                elif error is not None and error.code() == KafkaError._PARTITION_EOF:
                    return last
                elif error is not None:
                    raise KafkaException(error)
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"{RELAY.full_name} was not read to its end"))
    finally:
        reading.close()
