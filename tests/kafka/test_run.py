"""`make run KAFKA=…`: the whole product with who reads from Kafka and who sends to it."""

import json
import os
import signal
from pathlib import Path

import pytest

from config.embedded import layout
from config.embedded.clean import remove
from tests.background.workers import until
from tests.common.db.frozen import PrivatePostgres
from tests.config.embedded.test_run import running
from tests.factories import people
from tests.kafka.installation import Installation
from tests.kafka.supplier import Delivery, send

SECONDS = 90.0


@pytest.mark.thorough
@pytest.mark.django_db
def test_make_run_takes_a_delivery_and_tells_of_it(kafka: Installation, tmp_path: Path) -> None:
    send(kafka, Delivery(people(50), name="2026-11", source="Kyiv").whole())
    names = ("KAFKA_BOOTSTRAP_SERVERS", "KAFKA_PREFIX", "KAFKA_REPLICATION", "KAFKA_MIN_INSYNC_REPLICAS")
    told = {name: str(kafka.settings[name]) for name in names}
    # Where the client is installed.
    told |= {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    data_dir = tmp_path / "data"
    try:
        with running(data_dir, **told) as run:
            until(lambda: "Ctrl-C stops it." in run.printed() or run.process.poll() is not None, SECONDS)
            assert run.process.poll() is None, run.printed()
            postgres = PrivatePostgres(layout(data_dir))

            def loaded() -> int | None:
                with postgres.connect().cursor() as cursor:
                    cursor.execute(
                        "SELECT citizen_count FROM imports_import WHERE file_name = '2026-11' AND status = 'complete'"
                    )
                    row = cursor.fetchone()
                return row[0] if row else None

            until(lambda: loaded() == 50, SECONDS)
            until(lambda: _told_of(kafka), SECONDS)
            assert run.end(signal.SIGTERM)[0] == 0
    finally:
        remove(data_dir)


def _told_of(kafka: Installation) -> bool:
    events = [json.loads(each.value() or b"{}") for each in kafka.read("events")]
    return any(one["type"] == "delivery.completed" and one["data"]["residents"] == 50 for one in events)
