"""Sends the events of the outbox to Kafka: each once, in the order in which they happened, whoever dies on the way.

One process at a time, by a lock of PostgreSQL, which may be lost without notice; then two fences hold, PostgreSQL's
(`Batches`) and Kafka's, by the transactional id. Whatever goes wrong, there is one way back: to take over anew.
"""

import time
from collections.abc import Callable

import structlog
from confluent_kafka import KafkaException, Producer
from django.conf import settings
from django.db import Error, connection

from config.common.background.alive import touch
from config.common.background.single import single_run
from config.common.kafka.clients import PATIENCE, producer
from config.common.kafka.cloud_events import CONTENT_TYPE, letter_of
from config.common.kafka.metrics import MESSAGES
from config.common.kafka.services.batches import Batch, Batches, Fenced
from config.common.kafka.services.last_batch import last_batch
from config.common.kafka.topics import EVENTS, RELAY

# Seconds between two looks at the outbox, and before a broken run begins anew.
PAUSE = 0.5
RECOVERY_PAUSE = 2.0

logger = structlog.get_logger(__name__)


def relay(*, wait: Callable[[float], bool]) -> None:
    """Sends what is there and what comes, until `wait`, which is given seconds, says that it is over."""
    while not wait(0):
        touch()
        try:
            with single_run("kafka.relay", wait=PAUSE) as alone:
                if alone:
                    _send_all(wait)
        except (Fenced, KafkaException, Error, BufferError) as error:
            logger.warning("relay_interrupted", reason=_reason(error))
            connection.close()
            wait(RECOVERY_PAUSE)


def _reason(error: Exception) -> str:
    """Kafka's own words; of others only the kind, as a database quotes values."""
    return str(error.args[0]) if isinstance(error, KafkaException) else type(error).__name__


def _send_all(wait: Callable[[float], bool]) -> None:
    name = f"{settings.KAFKA_PREFIX}relay"
    batches = Batches.take_over(name)
    sending = producer(transactional_id=name)
    # Ends what another process, or this one before, has left open.
    sending.init_transactions(PATIENCE)
    touch()
    logger.info("relay_took_over", fence=batches.fence)
    _settle(sending, batches)
    while not wait(0):
        touch()
        batch = batches.put_together()
        if batch is None:
            wait(PAUSE)
        else:
            _send(sending, batches, batch)


def _settle(sending: Producer, batches: Batches) -> None:
    """Finds out whether the batch in doubt has arrived, and sends it where it has not."""
    batch = batches.in_doubt()
    if batch is None:
        return
    if last_batch(batches.transactional_id) >= batch.number:
        logger.info("relay_found_batch", batch=batch.number)
        batches.confirm(batch)
    else:
        _send(sending, batches, batch)


def _send(sending: Producer, batches: Batches, batch: Batch) -> None:
    began = time.monotonic()
    sending.begin_transaction()
    for event in batch.events:
        letter = letter_of(event)
        sending.produce(EVENTS.full_name, letter.value, letter.key, headers=[("content-type", CONTENT_TYPE.encode())])
    sending.produce(RELAY.full_name, str(batch.number), batches.transactional_id)
    sending.commit_transaction(PATIENCE)
    touch()
    batches.confirm(batch)
    MESSAGES.labels(EVENTS.name, "sent").inc(len(batch.events))
    logger.info("relay_sent", batch=batch.number, events=len(batch.events), seconds=round(time.monotonic() - began, 3))
