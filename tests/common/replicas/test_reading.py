"""Reads from a real replica that is held back by five seconds, over HTTP."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.background.workers import PrivateRedis, until
from tests.common.db.frozen import PrivatePostgres
from tests.common.observe.metrics.samples import samples
from tests.common.replicas.streaming import order
from tests.imports.documents.builders import citizen
from tests.imports.world import lines_of
from tests.server import Server, start_server

# As the replica is held back, and what it takes to notice that it has followed.
FOLLOWS_SECONDS = 12
READ = 'demanda_replica_reads_total{because="%s",database="%s"}'
NDJSON = {"Content-Type": "application/x-ndjson"}


class Product:
    """A web server with a replica, and clients of its callers."""

    def __init__(self, server: Server, tokens: dict[str, str], stack: ExitStack) -> None:
        self._watcher = stack.enter_context(server.client())
        self.ana, self.ben = (stack.enter_context(server.client(tokens[name])) for name in ("ana", "ben"))

    def reads(self, database: str, because: str) -> float:
        """How many reads were answered so."""
        return samples(self._watcher.get("/metrics").text).get(READ % (because, database), 0)

    def is_followed(self) -> bool:
        """Whether the replica answers those who have seen everything, as they have when they ask for the list."""
        before = self.reads("replica1", "fresh")
        self.ben.get("/airports")
        return self.reads("replica1", "fresh") > before


@contextmanager
def product(
    primary: PrivatePostgres, replica: PrivatePostgres, tokens: dict[str, str], **environment: str
) -> Iterator[Product]:
    """The product, with the replica for those who may be five seconds late."""
    with ExitStack() as stack:
        allowed = {"DATABASE_REPLICA_LAG_SECONDS": "60", **environment}
        server = stack.enter_context(
            start_server(DATABASE_URL=primary.url, DATABASE_REPLICA_URLS=replica.url, **allowed)
        )
        yield Product(server, tokens, stack)


@pytest.fixture(scope="module")
def patient(
    primary: PrivatePostgres, replica: PrivatePostgres, tokens: dict[str, str]
) -> Iterator[Product]:
    """One that reads from a replica that is up to a minute late."""
    with product(primary, replica, tokens) as running:
        yield running


def deliver(caller: httpx.Client, count: int = 1) -> str:
    """The path of a delivery of so many residents, who are all called Anna."""
    body = lines_of(citizen(number, name="Anna") for number in range(1, count + 1))
    answer = caller.post("/imports", content=body, headers=NDJSON)
    assert answer.status_code == 201, answer.text
    return f"/imports/{answer.json()['data']['import_id']}"


def names(caller: httpx.Client, delivery: str) -> list[str]:
    return [one["name"] for one in residents(caller, delivery)]


def residents(caller: httpx.Client, delivery: str) -> list[dict[str, Any]]:
    answer = caller.get(f"{delivery}/citizens")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def test_who_wrote_reads_it_at_once_and_others_when_the_replica_has_it(patient: Product) -> None:
    delivery = deliver(patient.ana)
    until(patient.is_followed, FOLLOWS_SECONDS)
    before = patient.reads("replica1", "fresh")
    patient.ana.patch(f"{delivery}/citizens/1", json={"name": "Olga"}).raise_for_status()
    assert names(patient.ana, delivery) == ["Olga"]
    # The control: the same replica at the same moment, for somebody who has seen less.
    assert names(patient.ben, delivery) == ["Anna"]
    assert patient.reads("replica1", "fresh") == before + 1
    assert patient.reads("primary", "newer") > 0
    until(lambda: names(patient.ben, delivery) == ["Olga"], FOLLOWS_SECONDS)
    fresh = patient.reads("replica1", "fresh")
    until(lambda: names(patient.ana, delivery) == ["Olga"] and patient.reads("replica1", "fresh") > fresh)
