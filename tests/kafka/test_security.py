"""A broker that lets nobody in without TLS and a password."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from confluent_kafka import KafkaException
from pytest_django import Settings

from config.common.kafka.clients import consumer, producer
from config.common.kafka.services.create_topics import create_topics
from config.common.kafka.topics import EVENTS
from tests.kafka.broker import Broker

_USER, _WORD = "demanda", "a word of the tests"
_JAAS = "org.apache.kafka.common.security.scram.ScramLoginModule required;"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """With the keys of an authority, of a broker and of a client."""
    with TemporaryDirectory(prefix="demanda-kafka-") as name:
        place = Path(name)
        _openssl(place, "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem")
        for who in ("broker", "client"):
            _openssl(place, f"req -newkey rsa:2048 -nodes -subj /CN={who} -keyout {who}.key -out {who}.csr")
            (place / "names").write_text("subjectAltName=IP:127.0.0.1")
            signing = f"x509 -req -in {who}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names"
            _openssl(place, f"{signing} -out {who}.pem")
        (place / "store.pem").write_text((place / "broker.key").read_text() + (place / "broker.pem").read_text())
        yield place


@pytest.fixture(scope="module")
def secured(folder: Path) -> Iterator[Broker]:
    """It wants a password by SCRAM, over TLS."""
    with TemporaryDirectory(prefix="demanda-kafka-") as data:
        running = Broker(Path(data), protocol="SASL_SSL", user=(_USER, _WORD), properties=_tls(folder))
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture
def let_in(secured: Broker, folder: Path, settings: Settings) -> Settings:
    """The product as somebody whom it knows."""
    settings.KAFKA_BOOTSTRAP_SERVERS = secured.address
    settings.KAFKA_PREFIX = "secured."
    settings.KAFKA_REPLICATION = settings.KAFKA_MIN_INSYNC_REPLICAS = 1
    settings.KAFKA_SECURITY_PROTOCOL = "SASL_SSL"
    settings.KAFKA_SASL_USERNAME, settings.KAFKA_SASL_PASSWORD = _USER, _WORD
    settings.KAFKA_SSL_CA_LOCATION = str(folder / "ca.pem")
    return settings


def test_with_the_password_everything_works(let_in: Settings) -> None:
    create_topics()
    sending = producer(transactional_id="secured")
    sending.init_transactions(20)
    sending.begin_transaction()
    sending.produce(EVENTS.full_name, b"one")
    sending.commit_transaction(20)
    reading = consumer("x", auto_offset_reset="earliest")
    try:
        reading.subscribe([EVENTS.full_name])
        assert [each.value() for each in reading.consume(1, 30)] == [b"one"]
    finally:
        reading.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KAFKA_SASL_PASSWORD", "another word"),
        ("KAFKA_SSL_CA_LOCATION", ""),
        ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT"),
        ("KAFKA_SECURITY_PROTOCOL", "SSL"),
        ("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT"),
    ],
)
def test_without_any_part_of_it_nobody_is_let_in(let_in: Settings, name: str, value: Any) -> None:
    setattr(let_in, name, value)
    client = producer()

    with pytest.raises(KafkaException):
        client.list_topics(timeout=3)


def _tls(folder: Path) -> dict[str, str]:
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "store.pem"),
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.client.scram-sha-512.sasl.jaas.config": _JAAS,
    }


def _openssl(folder: Path, arguments: str) -> None:
    done = subprocess.run(["openssl", *arguments.split()], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
