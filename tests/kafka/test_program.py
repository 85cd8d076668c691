"""The relay as a container runs it: it shows that it lives, tells its numbers, and ends when it is told to."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from config.embedded.front import free_port
from tests.common.observe.metrics.samples import samples
from tests.kafka.installation import Installation
from tests.kafka.outbox import all_left, expect_each_once_in_order, happen, until
from tests.server import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_program_shows_that_it_lives_and_what_it_sent(kafka: Installation, tmp_path: Path) -> None:
    happen(20)
    alive, port = tmp_path / "alive", free_port()
    environment = kafka.environment(
        PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "metrics"),
        HEARTBEAT_PATH=str(alive),
        METRICS_PORT=str(port),
    )
    process = subprocess.Popen(["docker/bin/kafka", "relay"], cwd=ROOT, env=environment)
    try:
        until(all_left, "the relay emptied the outbox")
        until(alive.exists, "it showed that it lives")
        told = samples(httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=20, trust_env=False).content)
        assert told['demanda_kafka_messages_total{outcome="sent",topic="events"}'] == 20
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait(10)

    expect_each_once_in_order(kafka)
