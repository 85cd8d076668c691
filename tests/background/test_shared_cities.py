"""The processes of a general worker share the names of cities."""

import psutil
import pytest

from tests.background.workers import start_worker, until

_MEBIBYTE = 1024 * 1024


def shared_by_child(queues: str) -> float:
    """MiB that the one process of such a worker has in common with others."""
    with start_worker(queues=queues, DJANGO_SETTINGS_MODULE="config.settings.local") as worker:
        parent = psutil.Process(worker.pid)
        until(parent.children)
        memory = parent.children()[0].memory_full_info()
        return float(memory.rss - memory.uss) / _MEBIBYTE


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_places_towns_knows_the_cities_before_it_forks() -> None:
    # 120 MiB of names; what else differs between two workers is a fraction of it.
    assert shared_by_child("default") - shared_by_child("urgent") > 60
