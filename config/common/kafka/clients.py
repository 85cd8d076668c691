"""Clients of Kafka. Each setting that is not librdkafka's own stands here once, with its reason."""

import logging
from typing import Any

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient
from django.conf import settings

# Seconds that a question to the cluster may take; without a limit a client waits for ever for one that is away.
PATIENCE = 30.0

# librdkafka writes to the standard error otherwise, past the log's format.
_logger = logging.getLogger("kafka")


def is_on() -> bool:
    """Whether there is a Kafka to talk to."""
    return bool(settings.KAFKA_BOOTSTRAP_SERVERS)


def connection_settings() -> dict[str, Any]:
    """What every client needs to reach the cluster and to be let in."""
    found = {
        "bootstrap.servers": settings.KAFKA_BOOTSTRAP_SERVERS,
        "client.id": "demanda",
        "security.protocol": settings.KAFKA_SECURITY_PROTOCOL,
        "ssl.ca.location": settings.KAFKA_SSL_CA_LOCATION,
        "ssl.certificate.location": settings.KAFKA_SSL_CERTIFICATE_LOCATION,
        "ssl.key.location": settings.KAFKA_SSL_KEY_LOCATION,
        "ssl.key.password": settings.KAFKA_SSL_KEY_PASSWORD,
    }
    if settings.KAFKA_SECURITY_PROTOCOL.startswith("SASL"):
        found |= {
            "sasl.mechanism": settings.KAFKA_SASL_MECHANISM,
            "sasl.username": settings.KAFKA_SASL_USERNAME,
            "sasl.password": settings.KAFKA_SASL_PASSWORD,
        }
    return {name: value for name, value in found.items() if value}


def consumer(group: str, **more: Any) -> Consumer:
    """A consumer that commits nothing by itself and sees committed messages alone.

    `more` has settings of librdkafka with underscores for dots. The caller keeps its place in PostgreSQL, or reads a
    topic from end to end.
    """
    return Consumer(
        {
            **connection_settings(),
            "group.id": f"{settings.KAFKA_PREFIX}{group}",
            # A place that Kafka keeps may be ahead of the rows of which it speaks, or behind.
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            # What its producer took back was never there.
            "isolation.level": "read_committed",
            # Nobody goes on from anywhere unless they were told where.
            "auto.offset.reset": "error",
            "session.timeout.ms": settings.KAFKA_SESSION_SECONDS * 1000,
            **_dotted(more),
        },
        logger=_logger,
    )


def producer(**more: Any) -> Producer:
    """A producer whose messages arrive once and in order, or not at all; with `transactional_id` several together.

    `more` has settings of librdkafka with underscores for dots.
    """
    return Producer(
        {
            **connection_settings(),
            # All copies that are in sync have a message before it counts.
            "acks": "all",
            # The broker knows a message that is sent again by its number.
            "enable.idempotence": True,
            # As many as it remembers the numbers of.
            "max.in.flight.requests.per.connection": 5,
            "transaction.timeout.ms": settings.KAFKA_TRANSACTION_SECONDS * 1000,
            # Sent again until then, however often; a transaction ends no later.
            "delivery.timeout.ms": settings.KAFKA_TRANSACTION_SECONDS * 1000,
            "linger.ms": 5,
            "compression.type": "lz4",
            **_dotted(more),
        },
        logger=_logger,
    )


def admin() -> AdminClient:
    """A client that makes topics and describes them."""
    return AdminClient({**connection_settings(), "socket.timeout.ms": int(PATIENCE * 1000)}, logger=_logger)


def _dotted(names: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "."): value for name, value in names.items()}
