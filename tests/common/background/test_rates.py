"""Rates that hold over all processes."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from celery.exceptions import Ignore
from django.db import connection

from config.common.background.rates import once_every, seconds_until_turn, take_turn
from config.common.tasks import clear_expired_task

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_burst_passes_and_the_next_one_waits_for_its_turn() -> None:
    assert [take_turn("tests", per_second=0.1, burst=3) for _ in range(4)] == [True, True, True, False]
    assert 5 < seconds_until_turn("tests", per_second=0.1, burst=3) < 20


def test_rates_of_different_names_do_not_touch_each_other() -> None:
    assert [take_turn(name, per_second=0.1) for name in ("one", "other", "one")] == [True, True, False]


def test_when_its_time_has_come_it_is_a_turn_again() -> None:
    assert take_turn("tests", per_second=0.1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE common_turn SET due_at = due_at - interval '10 seconds'")
    assert take_turn("tests", per_second=0.1)


def test_once_every_says_yes_once() -> None:
    assert [once_every("tests", seconds=60) for _ in range(3)] == [True, False, False]


def test_however_many_ask_at_once_no_more_than_the_burst_passes() -> None:
    barrier = threading.Barrier(8)

    def ask(_: int) -> bool:
        try:
            barrier.wait()
            return take_turn("tests", per_second=0.01, burst=3)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 3


def test_a_task_whose_turn_it_is_not_is_put_off_with_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(clear_expired_task, "apply_async", lambda **options: sent.append(options))
    clear_expired_task.take_turn(per_second=0.1)
    clear_expired_task.push_request(kwargs={"import_id": 1}, retries=2)
    try:
        with pytest.raises(Ignore):
            clear_expired_task.take_turn(per_second=0.1)
    finally:
        clear_expired_task.pop_request()
    countdown = sent[0].pop("countdown")
    assert isinstance(countdown, float)
    assert 5 < countdown < 20
    assert sent == [{"kwargs": {"import_id": 1}, "retries": 2}]
