"""Events that happen, processes that send them, and what has arrived."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import transaction

from config.common.events.models import Event
from config.common.events.services.record import record
from config.common.kafka.models import Relay
from config.common.kafka.services.relay import relay
from tests.kafka.installation import Installation
from tests.server import ROOT

PATIENCE = 60.0


def happen(count: int = 1, *, deliveries: int = 7) -> None:
    """So many deliveries fail, in one transaction; several times each where there are fewer of them."""
    with transaction.atomic():
        for number in range(count):
            pk = number % deliveries
            data = {"import_id": pk, "source": "consulates", "residents": None, "errors": number}
            record("delivery.failed", f"/imports/{pk}", data)


def all_left() -> bool:
    """Whether every event is known to be in Kafka."""
    held = Relay.objects.first()
    return not Event.objects.unrelayed().exists() and held is not None and held.batch == held.confirmed


def relay_all() -> None:
    """Sends everything from this process."""
    deadline = time.monotonic() + PATIENCE

    def wait(seconds: float) -> bool:
        assert time.monotonic() < deadline, "the outbox was not emptied in time"
        time.sleep(seconds)
        return all_left()

    relay(wait=wait)


@contextmanager
def start_relay(kafka: Installation, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that sends; it is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "relay"],
        cwd=ROOT,
        env=kafka.environment(**environment),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Returns when `condition` holds; AssertionError that names `what` was waited for when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen in {seconds:.0f} s: {what}"
        time.sleep(0.05)


def arrived(kafka: Installation, isolation: str = "read_committed") -> list[dict[str, Any]]:
    """The CloudEvents in the topic, partition by partition."""
    return [json.loads(message.value() or b"") for message in kafka.read("events", isolation)]


def ids_of(events: list[dict[str, Any]]) -> list[int]:
    return [int(event["id"]) for event in events]


def expect_each_once_in_order(kafka: Installation) -> None:
    """Every event of the outbox is in Kafka once, and those of one delivery in the order in which they happened."""
    happened = Counter(Event.objects.values_list("pk", flat=True))
    # Readers see what was committed when its end is written to their partition, which is after its sender knows.
    until(lambda: not happened - Counter(ids_of(arrived(kafka))), "every event arrived")
    events, by_subject = arrived(kafka), defaultdict[str, list[int]](list)
    for event in events:
        by_subject[event["subject"]].append(int(event["id"]))
    doubled = sorted((Counter(ids_of(events)) - happened).elements())
    assert doubled == [], doubled[:9]
    assert all(ids == sorted(ids) for ids in by_subject.values())
