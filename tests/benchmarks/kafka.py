"""Deliveries over a real Kafka, from the topic to committed rows, beside `POST` of the same lines."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import msgspec
import psutil
from confluent_kafka import Producer
from django.conf import settings
from django.db import connection
from django.test import override_settings
from redis import Redis

from config.celery import app
from config.common.kafka.services.create_topics import create_topics
from imports.documents.messages import Begin, End, checksum_of, written_checksum
from imports.models import Citizen, Import
from tests.benchmarks.residents import residents
from tests.benchmarks.scaling import NDJSON
from tests.benchmarks.stage import Stage
from tests.benchmarks.timing import Row, milliseconds
from tests.kafka.broker import Broker
from tests.server import ROOT, database_url

# A supplier who produces all day sends several: while one is loaded the next is read.
DELIVERIES = 10
# Whoever has a topic to catch up with does so at this rate.
_RESIDENTS_A_SECOND = 40_000
_MIB = 2**20
_SECONDS = 600
_TABLES = "imports_arrival, imports_rawchunk, imports_citizen, imports_import, kafka_position, kafka_deadletter"


def measure(stage: Stage, *, sizes: tuple[int, ...]) -> Iterator[Row]:
    """Each size as `DELIVERIES` that wait in the topic, and the consumer's memory at each."""
    with ExitStack() as leaving:
        (stage.folder / "kafka").mkdir()
        broker = Broker(stage.folder / "kafka")
        leaving.callback(broker.stop)
        for number, citizens in enumerate(sizes):
            yield from _measure(stage, broker, f"bench{number}.", citizens)


def _measure(stage: Stage, broker: Broker, prefix: str, citizens: int) -> Iterator[Row]:
    told: dict[str, Any] = {
        "KAFKA_BOOTSTRAP_SERVERS": broker.address, "KAFKA_PREFIX": prefix, "KAFKA_PARTITIONS": 2,
        "KAFKA_REPLICATION": 1, "KAFKA_MIN_INSYNC_REPLICAS": 1, "KAFKA_SESSION_SECONDS": 6,
    }  # fmt: skip
    empty()
    with override_settings(**told):
        create_topics()
    file = stage.folder / "lines.ndjson"
    lines = [msgspec.json.encode(one) for one in residents(citizens, relations=citizens // 5)]
    file.write_bytes(b"\n".join(lines) + b"\n")
    each = citizens // DELIVERIES
    produce(broker, prefix, [list(residents(each, relations=each // 5, seed=seed)) for seed in range(DELIVERIES)])
    environment = {**os.environ, "DATABASE_URL": database_url(), **{name: str(value) for name, value in told.items()}}
    environment["IMPORT_BODY_DAYS"] = "0"
    with ExitStack() as leaving:
        leaving.enter_context(started([*WORKER], environment))
        # Neither process is started anew for ten deliveries: the clock runs from when both are ready.
        until(lambda: bool(app.control.ping(timeout=1.0)))
        consumer = leaving.enter_context(started(["manage.py", "consume"], environment))
        until(lambda: _read_so_far() is not None)
        began = time.perf_counter()
        stored = milliseconds(lambda: until(lambda: (_read_so_far() or 0) >= citizens))
        until(lambda: Import.objects.filter(status="complete").count() == DELIVERIES)
        took = (time.perf_counter() - began) * 1000
        memory = consumer.memory_info().rss / _MIB
    assert Citizen.objects.count() == each * DELIVERIES
    empty()
    posted = milliseconds(lambda: stage.client.upload("/imports", file, NDJSON))
    size = f"{citizens:,} residents"
    note = f"{citizens / took * 1000:,.0f} a second, the bodies alone {citizens / stored * 1000:,.0f}"
    yield Row(f"Kafka: {size}, {DELIVERIES} deliveries / POST of as many", took, posted, note=note)
    if citizens >= 1_000_000:
        yield Row(f"Kafka: {size} to committed rows", took, limit=citizens / _RESIDENTS_A_SECOND * 1000)
    yield Row(f"Kafka: {size}, memory of the consumer in MiB", memory)


WORKER = [
    "-m", "celery", "--quiet", "-A", "config.celery", "worker", "--without-gossip", "--without-mingle",
    "--loglevel", "ERROR", "-Q", "default,bulk", "--concurrency=1",
]  # fmt: skip


@contextmanager
def started(arguments: list[str], environment: dict[str, str]) -> Iterator[psutil.Process]:
    """A process of this Python, which is ended at the end."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def empty() -> None:
    """Removes what was measured before, and the messages of its tasks."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE imports_correction, {_TABLES} RESTART IDENTITY CASCADE")
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.flushdb()


def until(condition: Callable[[], bool]) -> None:
    """Waits; RuntimeError where it does not happen in time."""
    deadline = time.monotonic() + _SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("Kafka's messages were not read and loaded in time.")
        time.sleep(0.05)


def _read_so_far() -> int | None:
    """The residents that are kept; None before somebody reads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), (SELECT coalesce(sum(came), 0) FROM imports_arrival) FROM kafka_position")
        positions, came = cursor.fetchone()
    return int(came) if positions else None


def produce(broker: Broker, prefix: str, deliveries: list[list[Any]]) -> None:
    """Fills the topics, before anything is measured."""
    client = Producer(
        {
            "bootstrap.servers": broker.address,
            "acks": "all",
            "linger.ms": 50,
            "compression.type": "lz4",
            "queue.buffering.max.messages": 2_000_000,
        }
    )
    for number, members in enumerate(deliveries):
        key, values = str(number).encode(), [msgspec.json.encode(one) for one in members]
        named: list[tuple[str, str | bytes | None]] = [("source", f"source {number}"), ("delivery", key)]
        end = End(count=len(values), checksum=written_checksum(checksum_of(values)))
        for said in (Begin(), end):
            client.produce(f"{prefix}deliveries", msgspec.json.encode(said), key, headers=named)
        for sequence, value in enumerate(values, start=1):
            client.produce(f"{prefix}residents", value, key, headers=[*named, ("sequence", str(sequence))])
        if client.flush(60):
            raise RuntimeError("Kafka did not take the residents.")
