"""The log of a real worker: figures on each task's line, and the whole story of one that failed."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from config.common.background.publishing import publish
from tests.background.app import context, count, fails
from tests.background.workers import start_worker, until

pytestmark = pytest.mark.django_db(transaction=True)
PLANTED = "Zyxwena Plantova"


@pytest.fixture(scope="module")
def log(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The log of a worker that writes as production does."""
    path = tmp_path_factory.mktemp("log") / "stderr"
    popen: Any = subprocess.Popen
    with path.open("wb") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", lambda *args, **kwargs: popen(*args, **kwargs, stderr=file))
        with start_worker(LOG_LEVEL="INFO", DJANGO_SETTINGS_MODULE="tests.failing.settings"):
            yield path


def story(log: Path, task: str, request_id: str, last: str) -> list[dict[str, Any]]:
    """The worker's lines about a task that this request started, once `last` is among them."""
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        assert publish(task, kwargs={"work": PLANTED})

    def lines() -> list[dict[str, Any]]:
        found = [
            json.loads(line) for line in log.read_text().splitlines() if line.startswith("{") and line.endswith("}")
        ]
        return [line for line in found if line.get("request_id") == request_id and line.get("task")]

    until(lambda: last in [line["event"] for line in lines()])
    return lines()


def test_a_task_is_one_line_with_its_figures(work: str, log: Path) -> None:
    (line,) = story(log, context.name, "task-1", "task_succeeded")
    assert (line["task"], line["queries"], line["level"]) == ("tests.context", 1, "info")
    assert line["duration_ms"] >= 0
    assert line["db_ms"] > 0
    assert line["task_id"]


def test_a_task_that_fails_tells_its_story_without_what_it_worked_on(work: str, log: Path) -> None:
    told = story(log, fails.name, "task-2", "task_failed")
    assert [line["event"] for line in told] == ["about_to_fail", "task_started", "query", "task_failed"]
    assert [line.get("kept", False) for line in told] == [False, True, True, False]
    failed = told[-1]
    # What was printed was printed when it was said.
    message = "django.db.utils.DataError: invalid input syntax for type date (SQLSTATE 22007)"
    assert (failed["error"], failed["queries"]) == (message, 1)
    assert told[2]["sql"] == "SELECT %s::text::date"
    assert "Plantova" not in log.read_text()


def test_a_task_that_runs_every_few_seconds_for_nothing_is_no_line(work: str, log: Path) -> None:
    with structlog.contextvars.bound_contextvars(request_id="task-3"):
        assert publish("tests.ticks", kwargs={"work": work})
    until(lambda: count("background_done", work))
    # The next one's line comes after it.
    story(log, context.name, "task-4", "task_succeeded")
    assert "tests.ticks" not in log.read_text()
