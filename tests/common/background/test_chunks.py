"""Long work in chunks: constant steps, resumed where it stopped, each chunk once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.common.background import chunks
from config.common.background.chunks import start_run, take_up_stalled_runs, work_on
from config.common.models import ChunkedRun

pytestmark = pytest.mark.django_db(transaction=True)

TASK = "common.clear_expired"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What was enqueued, instead of doing it."""
    messages: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(chunks, "enqueue", lambda name, **kwargs: messages.append((name, kwargs)))
    return messages


def test_each_chunk_enqueues_the_next_until_all_ids_are_done(sent: list[Any]) -> None:
    seen: list[tuple[int, int]] = []
    start_run("tests", task=TASK, first=1, end=8, size=3)
    for _ in range(4):
        work_on("tests", lambda first, end: seen.append((first, end)))
    assert seen == [(1, 4), (4, 7), (7, 8)]
    assert sent == [(TASK, {"run": "tests"})] * 3
    assert ChunkedRun.objects.get().finished_at is not None


def test_a_chunk_that_failed_has_not_happened_and_is_done_again(sent: list[Any]) -> None:
    start_run("tests", task=TASK, first=0, end=4, size=2)

    def fail(first: int, end: int) -> None:
        ChunkedRun.objects.create(name="trace", task=TASK, position=first, end=end, size=1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work_on("tests", fail)
    assert [run.name for run in ChunkedRun.objects.all()] == ["tests"]
    seen: list[tuple[int, int]] = []
    assert work_on("tests", lambda first, end: seen.append((first, end)))
    assert seen == [(0, 2)]


def test_a_run_over_no_ids_finishes_without_work(sent: list[Any]) -> None:
    start_run("tests", task=TASK, first=5, end=5, size=2)
    assert work_on("tests", lambda *_: pytest.fail("there is nothing to do"))
    assert not work_on("tests", lambda *_: None)


def test_starting_a_run_again_leaves_it_where_it_is(sent: list[Any]) -> None:
    start_run("tests", task=TASK, first=0, end=4, size=2)
    work_on("tests", lambda *_: None)
    assert start_run("tests", task=TASK, first=0, end=4, size=2).position == 2


def test_a_run_that_lost_its_message_is_taken_up_and_a_moving_one_is_not(sent: list[Any]) -> None:
    start_run("moving", task=TASK, first=0, end=4, size=2)
    start_run("stalled", task=TASK, first=0, end=4, size=2)
    ChunkedRun.objects.filter(name="stalled").update(moved_at=timezone.now() - timedelta(seconds=61))
    sent.clear()
    assert take_up_stalled_runs() == 1
    assert sent == [(TASK, {"expires": 60.0, "run": "stalled"})]


def test_chunks_have_at_least_one_id() -> None:
    with pytest.raises(ValueError, match="at least one"):
        start_run("tests", task=TASK, first=0, end=4, size=0)
