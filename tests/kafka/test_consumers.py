"""Processes that read topics while they, Kafka and PostgreSQL are killed and frozen: nothing lost, doubled or half."""

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import Any

import pytest
from django.db import connection

from config.common.kafka.handlers import handlers
from config.common.kafka.messages import Message, Outcome
from config.common.kafka.models import DeadLetter, Position
from config.common.kafka.services import read_topics as service
from config.common.kafka.services.positions import move
from imports.models import Import
from imports.services.raw_bodies import read_body
from tests.background.workers import kill, until
from tests.common.db.frozen import PrivatePostgres, private_postgres
from tests.effort import THOROUGH
from tests.factories import alike
from tests.kafka.installation import Installation
from tests.kafka.reading import PATIENCE, read_all, start_consumer, stored, until_read
from tests.kafka.supplier import Delivery, send

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 200_000 if THOROUGH else 8_000
KILLS = 50 if THOROUGH else 3
LONG = 20 * PATIENCE if THOROUGH else PATIENCE
# So that a consumer that was killed is missed soon.
SESSION = "2"


def environment(kafka: Installation) -> dict[str, str]:
    return kafka.environment(KAFKA_SESSION_SECONDS=SESSION)


def whole_once(delivery: Delivery) -> None:
    """Everything that was sent is kept once."""
    found = Import.objects.get()
    assert found.status == "queued", found.errors
    lines = b"".join(read_body(found.pk)).splitlines()
    assert len(lines) == len(delivery.values)
    assert sorted(lines) == sorted(delivery.values)
    assert not DeadLetter.objects.exists()


def some_are_stored(after: int = 0) -> Callable[[], bool]:
    return lambda: stored() > after


def test_consumers_that_are_killed_at_any_instant_take_everything_once(kafka: Installation) -> None:
    delivery = Delivery(alike(MANY))
    send(kafka, [delivery.begin()])
    chance, portion = random.Random(20), MANY // KILLS
    for number in range(KILLS):
        send(kafka, delivery.residents[number * portion : (number + 1) * portion])
        before = fences()
        with start_consumer(environment(kafka)) as process:
            until(partial(is_taken_over, before), LONG)
            # While it fetches, stores, or waits for more.
            time.sleep(chance.random())
            kill(process)
    # Else it would have been killed too early each time.
    assert stored() > portion
    send(kafka, [*delivery.residents[KILLS * portion :], delivery.end()])

    with start_consumer(environment(kafka)):
        until_read(LONG)

    whole_once(delivery)


def fences() -> int:
    return sum(Position.objects.values_list("fence", flat=True))


def is_taken_over(before: int) -> bool:
    """Whether somebody has taken partitions since."""
    return fences() > before


def test_a_consumer_that_is_told_to_stop_leaves_at_once(kafka: Installation) -> None:
    delivery = Delivery(alike(100))
    send(kafka, delivery.whole())
    with start_consumer(environment(kafka)) as process:
        until_read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0

    whole_once(delivery)


def test_a_broker_that_is_killed_and_comes_back_loses_nothing(kafka: Installation) -> None:
    delivery = Delivery(alike(MANY))
    send(kafka, [delivery.begin(), *delivery.residents[: MANY // 2]])
    with start_consumer(environment(kafka)):
        until(some_are_stored(), PATIENCE)
        kafka.broker.restart()
        send(kafka, [*delivery.residents[MANY // 2 :], delivery.end()])
        until_read(LONG)

    whole_once(delivery)


def test_a_consumer_whose_sessions_in_the_database_are_ended_goes_on(kafka: Installation) -> None:
    delivery = Delivery(alike(MANY))
    send(kafka, [delivery.begin(), *delivery.residents])
    with start_consumer(environment(kafka)) as process:
        for _ in range(3):
            until(some_are_stored(stored() if stored() < MANY else 0), PATIENCE)
            end_sessions()
        send(kafka, [delivery.end()])
        until_read(LONG)
        assert process.poll() is None

    whole_once(delivery)


@pytest.mark.thorough
def test_a_postgresql_that_is_killed_and_comes_back_has_everything_once(kafka: Installation) -> None:
    delivery = Delivery(alike(MANY))
    send(kafka, [delivery.begin(), *delivery.residents])
    with private_postgres() as postgres:
        postgres.manage("migrate")
        with start_consumer(environment(kafka) | {"DATABASE_URL": postgres.url}) as process:
            for number in range(3):
                until(lambda least=number * MANY // 4: asked(postgres, _CAME) > least, LONG)  # type: ignore[misc]  # a default binds it
                postgres.kill()
                postgres.start()
            send(kafka, [delivery.end()])
            until(lambda: asked(postgres, "SELECT count(*) FROM imports_import WHERE status = 'queued'") == 1, LONG)
            assert process.poll() is None
        body = asked(postgres, "SELECT string_agg(content, ''::bytea ORDER BY number) FROM imports_rawchunk")

    assert sorted(bytes(body).splitlines()) == sorted(delivery.values)


_CAME = "SELECT coalesce(sum(came), 0) FROM imports_arrival"


def asked(postgres: PrivatePostgres, question: str) -> Any:
    with closing(postgres.connect()) as opened, opened.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
    return row[0] if row else None


def end_sessions() -> None:
    """As a restart of PostgreSQL ends them all, but for this test's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_consumer_that_was_frozen_and_wakes_up_writes_nothing_twice(kafka: Installation) -> None:
    delivery = Delivery(alike(MANY))
    send(kafka, [delivery.begin(), *delivery.residents])
    with start_consumer(environment(kafka)) as frozen:
        until(some_are_stored(), PATIENCE)
        os.killpg(frozen.pid, signal.SIGSTOP)
        before = fences()
        with start_consumer(environment(kafka)):
            # Past its session: the other has all its partitions.
            until(lambda: fences() >= before + 9, LONG)
            os.killpg(frozen.pid, signal.SIGCONT)
            send(kafka, [delivery.end()])
            until_read(LONG)
            assert frozen.poll() is None

    whole_once(delivery)


def test_two_consumers_share_the_partitions(kafka: Installation) -> None:
    deliveries = [Delivery(alike(50), name=str(number)) for number in range(12)]
    with start_consumer(environment(kafka)), start_consumer(environment(kafka)):
        until(lambda: len(set(Position.objects.values_list("holder", flat=True))) == 2, PATIENCE)
        send(kafka, [each for one in deliveries for each in one.whole()])
        until_read()

    assert [row.status for row in Import.objects.all()] == ["queued"] * 12


def test_a_partition_that_is_read_again_changes_nothing(kafka: Installation) -> None:
    delivery = Delivery(alike(MANY))
    send(kafka, delivery.whole())
    read_all(LONG)
    whole_once(delivery)
    for row in Position.objects.all():
        move(row.topic, row.partition, next_offset=0)

    read_all(LONG)

    whole_once(delivery)
    assert sum(Position.objects.values_list("ignored", flat=True)) == MANY + 2


def test_a_message_that_is_gone_before_it_was_read_is_said_loudly(
    kafka: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = Delivery(alike(20))
    send(kafka, delivery.whole())
    read_all()
    row = Position.objects.filter(topic=f"{kafka.prefix}residents", stored__gt=0).get()
    move(row.topic, row.partition, next_offset=1_000)

    read_topics_for_a_moment()

    row.refresh_from_db()
    assert (row.lost, row.next_offset) == (1, 20)
    assert "kafka_position_lost" in caplog.text
    whole_once(delivery)


def read_topics_for_a_moment() -> None:
    deadline = time.monotonic() + 3
    service.read_topics(is_stopped=lambda: time.monotonic() > deadline)


def test_a_message_that_nobody_can_work_on_does_not_stop_the_others(
    kafka: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = Delivery(alike(20))
    send(kafka, delivery.whole())
    taking = dict(handlers())
    residents = taking[f"{kafka.prefix}residents"]

    def failing(messages: Sequence[Message]) -> Outcome:
        if any(dict(each.headers)["sequence"] == b"13" for each in messages):
            raise ValueError("a bug")
        return residents(messages)

    monkeypatch.setattr(service, "handlers", lambda: {**taking, f"{kafka.prefix}residents": failing})

    read_all()

    assert DeadLetter.objects.get().reason == "failed"
    assert "1 of 20 messages missing: 13." in str(Import.objects.get().errors)
