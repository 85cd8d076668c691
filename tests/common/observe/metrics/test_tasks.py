"""Tasks are counted by how they end."""

from types import SimpleNamespace
from typing import Any

import pytest
from celery.exceptions import Retry

from config.common.observe.metrics import tasks
from config.common.observe.metrics.exposition import exposition
from tests.common.observe.metrics.samples import samples

NOW = 1_000_000.0


@pytest.fixture
def task(request: pytest.FixtureRequest) -> Any:
    """A task of its own for each test, published three seconds before it begins."""
    context = SimpleNamespace(enqueued_at=NOW - 3, eta=None, delivery_info={"routing_key": "bulk"})
    return SimpleNamespace(name=f"tests.{request.node.name}", request=context)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.common.observe.metrics.tasks.time.time", lambda: NOW)


def waited(task: Any) -> float | None:
    return samples(exposition()).get(f'demanda_task_queue_seconds_sum{{queue="bulk",task="{task.name}"}}')


def test_the_wait_is_from_publishing_to_beginning(task: Any) -> None:
    tasks.note_beginning(task_id="a", task=task)
    assert waited(task) == 3


def test_a_pause_before_a_retry_is_no_wait(task: Any) -> None:
    task.request.eta = "1970-01-12T13:46:39+00:00"
    tasks.note_beginning(task_id="b", task=task)
    assert waited(task) == 1


@pytest.mark.parametrize("published", [None, "yesterday", NOW + 60])
def test_a_message_without_a_time_or_from_a_clock_that_is_ahead_has_not_waited(task: Any, published: Any) -> None:
    task.request.enqueued_at = published
    tasks.note_beginning(task_id="c", task=task)
    assert not waited(task)


def test_runs_are_counted_by_outcome_and_failures_by_exception(task: Any) -> None:
    tasks.note_beginning(task_id="d", task=task)
    tasks.note_failure(sender=task, exception=ZeroDivisionError("Anna"))
    tasks.note_retry(sender=task, reason=Retry(exc=OSError("Anna")))
    tasks.note_end(task_id="d", task=task, state="FAILURE")
    told = samples(exposition())
    assert told[f'demanda_task_runs_total{{outcome="failure",task="{task.name}"}}'] == 1
    assert told[f'demanda_task_seconds_count{{task="{task.name}"}}'] == 1
    errors = f'demanda_task_errors_total{{exception="%s",outcome="%s",task="{task.name}"}}'
    assert (told[errors % ("ZeroDivisionError", "failed")], told[errors % ("OSError", "retried")]) == (1, 1)
    assert "Anna" not in exposition().decode()
