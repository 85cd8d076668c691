"""Reads from a real replica that is held back by five seconds, over HTTP."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import httpx
import pytest

from tests.background.workers import private_redis, until
from tests.common.db.frozen import PrivatePostgres
from tests.common.observe.metrics.samples import samples
from tests.common.replicas.streaming import order, replica_of
from tests.imports.documents.builders import citizen
from tests.imports.world import lines_of
from tests.server import Server, start_server

# What it takes the replica, which is held back by five, and a busy machine.
FOLLOWS_SECONDS = 40
READ = 'demanda_replica_reads_total{because="%s",database="%s"}'
# Transactions on the replica that wait for their reader.
OPEN = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
NDJSON = {"Content-Type": "application/x-ndjson"}


class Product:
    """A web server with a replica, and clients of its callers."""

    def __init__(self, server: Server, tokens: dict[str, str], stack: ExitStack) -> None:
        self._watcher = stack.enter_context(server.client())
        self.ana, self.ben = (stack.enter_context(server.client(tokens[name])) for name in ("ana", "ben"))

    def reads(self, database: str, because: str) -> float:
        """How many reads were answered so."""
        return samples(self._watcher.get("/metrics").text).get(READ % (because, database), 0)

    def lag(self) -> float:
        """What is known of the replica's."""
        return samples(self._watcher.get("/metrics").text)['demanda_replica_lag_seconds{replica="replica1"}']

    def follows(self, delivery: str = "") -> None:
        """Waits until the replica answers Ben, about `delivery` if it is named."""
        path = f"{delivery}/citizens/birthdays" if delivery else "/airports"
        until(lambda: self._is_answered_by_replica(path), FOLLOWS_SECONDS)

    def _is_answered_by_replica(self, path: str) -> bool:
        before = self.reads("replica1", "fresh")
        assert self.ben.get(path).status_code == 200
        return self.reads("replica1", "fresh") > before


@contextmanager
def product(
    primary: PrivatePostgres, replica: PrivatePostgres, tokens: dict[str, str], **environment: str
) -> Iterator[Product]:
    """The product, with the replica for those who may be five seconds late."""
    with ExitStack() as stack:
        # One process: each finds out for itself how late the replica is.
        servers = {"DATABASE_URL": primary.url, "DATABASE_REPLICA_URLS": replica.url, "WEB_WORKERS": "1"}
        allowed: dict[str, Any] = {"DATABASE_REPLICA_LAG_SECONDS": "60"} | servers | environment
        server = stack.enter_context(start_server(**allowed))
        yield Product(server, tokens, stack)


@pytest.fixture(scope="module")
def patient(primary: PrivatePostgres, replica: PrivatePostgres, tokens: dict[str, str]) -> Iterator[Product]:
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
    patient.follows(delivery)
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


def test_a_read_is_written_down_and_a_question_counted_whoever_answers(
    primary: PrivatePostgres, patient: Product
) -> None:
    delivery = deliver(patient.ana, 3)
    patient.follows(delivery)
    read, answered = reads_written_down(primary), patient.reads("replica1", "fresh")
    assert names(patient.ben, delivery) == ["Anna"] * 3
    assert (reads_written_down(primary), patient.reads("replica1", "fresh")) == (read + 1, answered + 1)
    # What was never counted is counted now, which no replica could do.
    asked = patient.ben.get(
        "/analytics/demand", params={"import_id": delivery.rpartition("/")[2], "group_by": "gender"}
    )
    assert (asked.status_code, asked.json()["data"][0]["residents"]) == (200, 3)
    assert patient.reads("primary", "refused") > 0


def reads_written_down(primary: PrivatePostgres) -> int:
    with closing(primary.connect()) as opened, opened.cursor() as cursor:
        cursor.execute("SELECT FROM privacy_readaudit")
        return len(cursor.fetchall())


def test_what_the_replica_lacks_is_found_by_everybody(patient: Product) -> None:
    patient.follows()
    refused = patient.reads("primary", "refused")
    delivery = deliver(patient.ana)
    assert names(patient.ben, delivery) == ["Anna"]
    assert patient.reads("primary", "refused") == refused + 1
    unknown = patient.ben.get("/imports/999999/citizens")
    assert (unknown.status_code, unknown.json()["status"]) == (404, 404)


@pytest.mark.parametrize("form", ["application/json", "text/csv", "application/x-ndjson"])
def test_a_stream_stays_where_it_began_and_leaves_nothing_open(
    replica: PrivatePostgres, patient: Product, form: str
) -> None:
    delivery = deliver(patient.ana, 12_000)
    patient.follows(delivery)
    headers = {"Accept": form, "Accept-Encoding": "identity"}
    whole = patient.ana.get(f"{delivery}/citizens", headers=headers).content
    before = patient.reads("replica1", "fresh")
    with patient.ben.stream("GET", f"{delivery}/citizens", headers=headers) as answer:
        pieces = answer.iter_raw(1_000)
        next(pieces)
        # The primary has others now, of which the reader sees none.
        patient.ana.patch(f"{delivery}/citizens/12000", json={"name": "Olga"}).raise_for_status()
        assert whole.endswith(b"".join(pieces)[-10_000:])
    with patient.ben.stream("GET", f"{delivery}/citizens", headers=headers) as answer:
        next(answer.iter_raw(1_000))
    assert patient.reads("replica1", "fresh") == before + 2
    until(lambda: order(replica, OPEN) == 0)


def test_a_replica_that_is_later_than_allowed_is_left_out(
    primary: PrivatePostgres, replica: PrivatePostgres, tokens: dict[str, str]
) -> None:
    with product(primary, replica, tokens, DATABASE_REPLICA_LAG_SECONDS="2") as strict:
        delivery = deliver(strict.ana)
        # Not by asking for its residents: each read is written down, and the replica is late for as long.
        until(lambda: knows(replica, delivery), FOLLOWS_SECONDS)
        strict.follows()
        order(replica, "SELECT pg_wal_replay_pause()")
        try:
            strict.ana.patch(f"{delivery}/citizens/1", json={"name": "Olga"}).raise_for_status()
            # Within two seconds Ben may read what was; then nothing is read there, though the replica answers.
            until(lambda: names(strict.ben, delivery) == ["Olga"])
            assert (strict.reads("primary", "late") > 0, strict.lag() > 2) == (True, True)
        finally:
            order(replica, "SELECT pg_wal_replay_resume()")
        strict.follows()
        assert strict.lag() < 2


def knows(replica: PrivatePostgres, delivery: str) -> bool:
    with closing(replica.connect()) as opened, opened.cursor() as cursor:
        cursor.execute("SELECT FROM imports_import WHERE id = %s", [delivery.rpartition("/")[2]])
        return cursor.rowcount == 1


@pytest.mark.parametrize("fault", ["kill", pytest.param("freeze", marks=pytest.mark.faults)])
def test_a_replica_that_is_gone_is_left_out_without_an_error(
    primary: PrivatePostgres, tokens: dict[str, str], fault: str
) -> None:
    with replica_of(primary, {}) as replica, product(primary, replica, tokens) as running:
        delivery = deliver(running.ana, 3)
        running.follows(delivery)
        getattr(replica, fault)()
        for _ in range(5):
            assert names(running.ben, delivery) == ["Anna"] * 3
            assert running.ben.get("/airports", params={"format": "csv"}).status_code == 200
        assert running.reads("primary", "failed") + running.reads("primary", "late") >= 10
        replica.start() if fault == "kill" else replica.thaw()
        running.follows()


@pytest.mark.faults
def test_a_replica_that_was_promoted_is_none_any_more(primary: PrivatePostgres, tokens: dict[str, str]) -> None:
    with replica_of(primary, {}) as replica, product(primary, replica, tokens) as running:
        running.follows()
        order(replica, "SELECT pg_promote()")
        until(lambda: running.ben.get("/airports").is_success and running.reads("primary", "late") > 0)


def test_without_redis_nobody_knows_who_has_seen_what_and_the_primary_answers(
    primary: PrivatePostgres, replica: PrivatePostgres, tokens: dict[str, str]
) -> None:
    with private_redis() as redis, product(primary, replica, tokens, REDIS_URL=redis.url) as running:
        delivery = deliver(running.ana)
        running.follows(delivery)
        redis.kill()
        running.ana.patch(f"{delivery}/citizens/1", json={"name": "Olga"}).raise_for_status()
        assert names(running.ana, delivery) == ["Olga"]
        assert running.reads("primary", "unknown") > 0
        # When it is back it has not heard of that, and is not believed yet.
        redis.start()
        assert names(running.ana, delivery) == ["Olga"]
