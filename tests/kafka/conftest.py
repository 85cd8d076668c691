"""A Kafka for the session, and topics of its own for each test."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from pytest_django import Settings

from config.common.kafka.services.create_topics import create_topics
from tests.kafka.broker import Broker
from tests.kafka.installation import Installation

_numbers = itertools.count()


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """One that all tests share; whoever kills it starts it again."""
    with TemporaryDirectory(prefix="demanda-kafka-") as folder:
        running = Broker(Path(folder))
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture
def kafka(broker: Broker, settings: Settings) -> Installation:
    """The product switched to Kafka, with empty topics under a prefix of their own."""
    installation = Installation(broker, f"t{os.getpid()}-{next(_numbers)}.")
    for name, value in installation.settings.items():
        setattr(settings, name, value)
    create_topics()
    return installation
