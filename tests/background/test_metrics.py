"""A worker's own metrics: what its children did, whether it lives."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from config.common.background.publishing import publish
from config.common.background.workers import forget_worker, note_worker, workers_by_queue
from config.embedded.front import free_port
from tests.background.app import count, pids
from tests.background.workers import kill, start_worker, until
from tests.common.observe.metrics.samples import samples

RUNS = 'demanda_task_runs_total{outcome="success",task="tests.careless"}'
LOST = 'demanda_task_errors_total{exception="WorkerLostError",outcome="retried",task="tests.careless"}'


@pytest.fixture(autouse=True)
def _nobody_else_lives(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Those whom other tests killed are remembered for a while.
    with monkeypatch.context() as patch:
        patch.setattr("config.common.background.workers.SILENT_SECONDS", -1)
        workers_by_queue()
    yield
    forget_worker(name="one@here", queues=["urgent", "bulk"])


def test_a_worker_is_counted_for_each_queue_until_it_leaves() -> None:
    before = workers_by_queue()
    note_worker(name="one@here", queues=["urgent", "bulk"])
    note_worker(name="one@here", queues=["urgent"])
    during = workers_by_queue()
    forget_worker(name="one@here", queues=["urgent", "bulk"])
    assert {queue: during[queue] - before[queue] for queue in during} == {"urgent": 1, "default": 0, "bulk": 1}
    assert workers_by_queue() == before


def test_a_worker_that_says_nothing_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    note_worker(name="one@here", queues=["bulk"])
    monkeypatch.setattr("config.common.background.workers.SILENT_SECONDS", -1)
    assert workers_by_queue() == {"urgent": 0, "default": 0, "bulk": 0}


def test_a_worker_serves_what_its_children_counted_and_says_that_it_lives(work: str, tmp_path: Path) -> None:
    port, alive, metrics = free_port(), tmp_path / "alive", tmp_path / "metrics"
    metrics.mkdir()
    environment = {"METRICS_PORT": str(port), "HEARTBEAT_PATH": str(alive), "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    started = start_worker(queues="default", concurrency=2, **environment)
    with started as worker, httpx.Client(trust_env=False) as client:
        url = f"http://127.0.0.1:{port}/metrics"
        for _ in range(4):
            publish("tests.careless", kwargs={"work": work})
        until(lambda: count("background_done", work) == 4)
        publish("tests.careless", kwargs={"work": f"{work} slow", "seconds": 60})
        until(lambda: count("background_start", f"{work} slow"))
        os.kill(pids("background_start", f"{work} slow")[0], signal.SIGKILL)
        until(lambda: LOST in samples(client.get(url).text))
        told = samples(client.get(url).text)
        assert (told[RUNS], told[LOST]) == (4, 1)
        assert told['demanda_task_queue_seconds_count{queue="default",task="tests.careless"}'] == 5
        assert client.get(f"http://127.0.0.1:{port}/").status_code == 404
        assert workers_by_queue()["default"] == 1
        assert alive.exists()
        worker.send_signal(signal.SIGTERM)
        until(lambda: workers_by_queue()["default"] == 0)
        assert psutil.pid_exists(worker.pid)
        kill(worker)
