"""The example of a frontend in docs/frontend is valid, strict TypeScript, and does what it says."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from django.db import connection

from imports.models import Import
from imports.services.loading.load_received import load_received
from tests.imports.world import stored
from tests.openapi.typescript import TypeScript
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)
SAYS = """\
The delivery is complete.
frontend example complete: 2 residents
Anna, Kyiv, reached by unknown, 0 friends
Petro, Kyiv, reached by unknown, 0 friends
Anna lives in Valencia.
/birth_date: invalid_date
"""


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """Loads what is queued, as the workers of a deployment do."""
    done = Event()

    def work() -> None:
        while not done.wait(0.1):
            for queued in Import.objects.filter(status=Import.Status.QUEUED).values_list("pk", flat=True):
                load_received(import_id=queued)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        yield
        done.set()
        working.result()


def test_it_delivers_follows_lists_streams_and_corrects(
    tmp_path: Path, server: Server, token_of: Callable[[str], str], worker: None
) -> None:
    example = TypeScript(tmp_path)
    (tmp_path / "harness.ts").unlink()
    example.check()
    assert example.run("example.ts", url=server.url, token=token_of("Managers")) == SAYS
    anna, petro = stored(Import.objects.get().pk).values()
    assert (anna["town"], anna["channel"], petro["town"]) == ("Valencia", "instagram", "Kyiv")
