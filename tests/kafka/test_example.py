"""The producer that docs/kafka-suppliers.md shows, as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from imports.models import Citizen, Import
from imports.services.loading.load_received import load_received
from tests.factories import people
from tests.imports.world import lines_of
from tests.kafka.installation import SECONDS, Installation
from tests.kafka.reading import read_all
from tests.server import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_producer_of_the_docs_delivers_a_file(kafka: Installation, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "kafka-suppliers.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "producer.py").write_text(code)
    (tmp_path / "people.ndjson").write_bytes(lines_of(people(40)))

    subprocess.run(
        [sys.executable, "producer.py", kafka.broker.address, kafka.prefix, "Kyiv", "2026-11", "people.ndjson"],
        cwd=tmp_path,
        timeout=SECONDS * 3,
        check=True,
    )
    read_all()

    found = Import.objects.get()
    assert load_received(import_id=found.pk) == "complete", found.errors
    assert (found.source, Citizen.objects.count()) == ("Kyiv", 40)
    # Twenty lines or so that say it all.
    assert len([line for line in code.splitlines() if line]) <= 22
