"""Relays that are real processes: killed, frozen, doubled, and without their broker or database for a while."""

import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection

from config.common.events.models import Event
from config.common.kafka.models import Relay
from tests.effort import THOROUGH, tries
from tests.kafka.installation import Installation
from tests.kafka.outbox import all_left, arrived, expect_each_once_in_order, happen, ids_of, start_relay, until

pytestmark = pytest.mark.django_db(transaction=True)
_HOLDERS = """
    SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND granted AND datname = current_database()
"""


def test_a_relay_that_is_killed_at_any_moment_loses_and_doubles_nothing(kafka: Installation) -> None:
    instants = random.Random(20)
    for _ in range(50 if THOROUGH else 4):
        before = _fence()
        with start_relay(kafka) as process:
            # It takes over, sends in one transaction after the other, and dies somewhere in between.
            until(partial(_is_above, before), "a relay took over")
            happen(1_500)
            time.sleep(instants.uniform(0, 0.6))
            process.kill()
            process.wait(10)

    _send_the_rest(kafka)
    expect_each_once_in_order(kafka)


def test_a_broker_that_is_killed_while_events_are_sent(kafka: Installation) -> None:
    with start_relay(kafka), _happening() as stop:
        for _ in range(6 if THOROUGH else 1):
            until(_ConfirmsMore(), "a batch was sent")
            kafka.broker.restart()
        stop.set()
        until(all_left, "the relay emptied the outbox", 120)

    expect_each_once_in_order(kafka)


@pytest.mark.thorough
def test_a_broker_that_is_frozen_for_longer_than_a_transaction_may_take(kafka: Installation) -> None:
    with start_relay(kafka) as process, _happening() as stop:
        until(_ConfirmsMore(), "a batch was sent")
        kafka.broker.freeze()
        try:
            time.sleep(kafka.settings["KAFKA_TRANSACTION_SECONDS"] + 2)
            assert process.poll() is None
        finally:
            kafka.broker.thaw()
        stop.set()
        until(all_left, "the relay emptied the outbox", 120)

    expect_each_once_in_order(kafka)


def test_a_database_session_that_is_killed_while_events_are_sent(kafka: Installation) -> None:
    with start_relay(kafka) as process, _happening() as stop:
        for _ in range(tries(10)):
            until(_ConfirmsMore(), "a batch was sent")
            until(_end_holder, "the relay's session was ended")
        stop.set()
        until(all_left, "the relay emptied the outbox", 120)
        assert process.poll() is None

    expect_each_once_in_order(kafka)


def test_of_two_relays_one_sends_and_the_other_follows(kafka: Installation) -> None:
    with start_relay(kafka) as first:
        until(lambda: _fence() == 1, "the first took over")
        with start_relay(kafka) as second:
            happen(1_500)
            until(all_left, "the outbox was emptied")
            fence = _fence()
            time.sleep(2)
            # One of them waits for its turn.
            assert (first.poll(), second.poll(), _fence()) == (None, None, fence)
            first.kill()
            happen(1_500)
            until(lambda: all_left() and _fence() > 1, "the second took over and emptied the outbox")

    expect_each_once_in_order(kafka)


def test_a_relay_that_was_frozen_and_replaced_sends_nothing_when_it_wakes(kafka: Installation) -> None:
    with start_relay(kafka) as first:
        until(lambda: _fence() == 1, "the first took over")
        happen(500)
        until(_ConfirmsMore(), "the first sent a batch")
        first.send_signal(signal.SIGSTOP)
        happen(5_000)
        until(_end_holder, "the lock of the frozen one went")
        with start_relay(kafka):
            until(lambda: _fence() == 2, "the second took over")
            first.send_signal(signal.SIGCONT)
            until(all_left, "the outbox was emptied")

    expect_each_once_in_order(kafka)


def test_a_relay_that_is_told_to_end_ends_with_everything_confirmed(kafka: Installation) -> None:
    with start_relay(kafka) as process:
        until(lambda: _fence() == 1, "it took over")
        happen(3_000)
        until(_ConfirmsMore(), "it sent a batch")
        process.terminate()

        assert process.wait(30) == 0

    held = Relay.objects.get()
    assert held.batch == held.confirmed
    confirmed = Event.objects.filter(batch__isnull=False).order_by("pk").values_list("pk", flat=True)
    assert sorted(ids_of(arrived(kafka))) == list(confirmed)


def _is_above(before: int) -> bool:
    return _fence() > before


def _fence() -> int:
    """The number of whoever took over last."""
    return Relay.objects.values_list("fence", flat=True).first() or 0


class _ConfirmsMore:
    """Whether a batch was confirmed since this was made."""

    def __init__(self) -> None:
        self._before = self._now()

    def __call__(self) -> bool:
        return self._now() > self._before

    def _now(self) -> int:
        return Relay.objects.values_list("confirmed", flat=True).first() or 0


def _end_holder() -> bool:
    """Ends the session that holds the relay's lock; whether there was one."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM ({_HOLDERS}) AS holder")
        return bool(cursor.fetchall())


@contextmanager
def _happening() -> Iterator[Signal]:
    """Events happen all the time, until it is told to stop."""
    is_over = Signal()

    def go_on() -> None:
        try:
            while not is_over.wait(0.02):
                happen(100)
        finally:
            connection.close()

    thread = Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield is_over
    finally:
        is_over.set()
        thread.join(30)


def _send_the_rest(kafka: Installation) -> None:
    with start_relay(kafka) as process:
        until(all_left, "the last relay emptied the outbox", 120)
        assert process.poll() is None
