"""Reading topics, in this process or by processes that can be killed, and what became of what was read."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from confluent_kafka import Consumer, KafkaException, TopicPartition

from config.common.kafka.clients import consumer
from config.common.kafka.handlers import handlers
from config.common.kafka.models import DeadLetter, Position
from config.common.kafka.services.read_topics import read_topics
from imports.models import Import
from tests.background.workers import kill
from tests.kafka.installation import SECONDS
from tests.server import ROOT

PATIENCE = 60.0


def ends() -> dict[tuple[str, int], int]:
    """Where the partitions of the topics that are read end now, those that have anything."""
    client = consumer("ends")
    try:
        topics = client.list_topics(timeout=SECONDS).topics
        places = [(name, partition) for name in handlers() for partition in topics[name].partitions]
        found = {place: _end(client, TopicPartition(*place)) for place in places}
    finally:
        client.close()
    return {place: end for place, end in found.items() if end}


def _end(client: Consumer, place: TopicPartition) -> int:
    """Asked again while a partition that was just made has no leader."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return int(client.get_watermark_offsets(place, timeout=SECONDS)[1])
        except KafkaException:
            assert time.monotonic() < deadline, f"{place} has no leader"
            time.sleep(0.1)


def left_to_read(targets: dict[tuple[str, int], int]) -> dict[tuple[str, int], int]:
    """How many offsets are left to be read up to them, of those partitions that are not read."""
    read = {(one.topic, one.partition): one.next_offset or 0 for one in Position.objects.all()}
    return {place: end - read.get(place, 0) for place, end in targets.items() if read.get(place, 0) < end}


def read_all(seconds: float = PATIENCE) -> None:
    """Reads everything that is in the topics now, in this process."""
    read_topics(is_stopped=_is_read(ends(), seconds))


def until_read(seconds: float = PATIENCE) -> None:
    """Waits until others have read everything that is in the topics now."""
    is_read = _is_read(ends(), seconds)
    while not is_read():
        time.sleep(0.1)


def _is_read(targets: dict[tuple[str, int], int], seconds: float) -> Callable[[], bool]:
    deadline = time.monotonic() + seconds

    def is_read() -> bool:
        left = left_to_read(targets)
        assert not left or time.monotonic() < deadline, f"not read in {seconds} s: {left}"
        return not left

    return is_read


@contextmanager
def start_consumer(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py consume` in a process of its own, which is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "consume"], cwd=ROOT, env=environment, start_new_session=True
    )
    try:
        yield process
    finally:
        kill(process)


def stored() -> int:
    """How many messages were stored, over all partitions."""
    return sum(Position.objects.values_list("stored", flat=True))


def told(found: Import) -> list[str]:
    """What a delivery says is wrong with it."""
    return [error["detail"] for error in found.refusals]


def letters() -> list[tuple[str, str]]:
    """The reasons and details of the dead letters."""
    return list(DeadLetter.objects.order_by("id").values_list("reason", "detail"))
