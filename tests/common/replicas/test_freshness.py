"""How late a replica is, from what primary and replica say; and what a caller has seen, kept in a real Redis."""

from collections.abc import Iterator
from typing import Any

import pytest

from config.common.replicas.floors import Floors, FloorsAway
from config.common.replicas.freshness import NoReplica, Replica
from tests.background.workers import PrivateRedis, private_redis

SYSTEM = 7


class Told:
    """The seconds, and what the servers say at each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.written, self.replayed, self.follows, self.system = 0, 0, True, SYSTEM
        monkeypatch.setattr("config.common.replicas.freshness.time.monotonic", lambda: self.now)
        self.replica = Replica("replica1", Floors("unix:///nowhere", prefix="", seconds=5))
        monkeypatch.setattr(self.replica._ask_primary, "ask", lambda: (self.written, SYSTEM))
        monkeypatch.setattr(self.replica._ask_replica, "ask", lambda: (self.replayed, self.system, self.follows))

    def look(self, *, written: int, replayed: int) -> float:
        """The lag after one second more."""
        self.now += 1
        self.written, self.replayed = written, replayed
        self.replica.look()
        return self.replica.lag()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(monkeypatch)


def test_a_replica_is_as_late_as_what_it_lacks_is_old(told: Told) -> None:
    assert told.replica.lag() == float("inf")
    assert told.look(written=10, replayed=10) == 0
    assert [told.look(written=number, replayed=10) for number in (20, 30, 40)] == [1, 2, 3]
    # It has what was there two seconds ago.
    assert told.look(written=50, replayed=30) == 2
    assert told.look(written=50, replayed=50) == 0


def test_a_primary_that_does_nothing_makes_no_replica_late(told: Told) -> None:
    assert [told.look(written=10, replayed=10) for _ in range(3)] == [0, 0, 0]


def test_one_that_answers_no_more_gets_later_and_one_that_is_left_out_comes_back(told: Told) -> None:
    told.look(written=10, replayed=10)
    told.now += 30
    assert told.replica.lag() == 30
    told.replica.leave_out()
    assert told.replica.lag() == float("inf")
    assert told.look(written=10, replayed=10) == 0


@pytest.mark.parametrize(("name", "value"), [("follows", False), ("system", SYSTEM + 1)])
def test_a_server_that_does_not_follow_the_primary_is_no_replica(told: Told, name: str, value: Any) -> None:
    told.look(written=10, replayed=10)
    setattr(told, name, value)
    with pytest.raises(NoReplica):
        told.look(written=10, replayed=99)


def test_a_log_that_goes_back_after_a_failover_keeps_nobody_late(told: Told) -> None:
    told.look(written=10, replayed=10)
    told.look(written=90, replayed=20)
    assert told.look(written=30, replayed=30) == 0


@pytest.fixture
def redis() -> Iterator[PrivateRedis]:
    with private_redis() as running:
        yield running


def floors(redis: PrivateRedis) -> Floors:
    return Floors(redis.url, prefix="", seconds=5)


def test_all_processes_know_the_most_that_a_caller_has_seen(redis: PrivateRedis) -> None:
    one, other = floors(redis), floors(redis)
    one.raise_to(2**45 + 1, who=1)
    other.raise_to(7, who=1)
    assert (one.of(1), other.of(1), other.of(2)) == (2**45 + 1, 2**45 + 1, 0)


def test_a_redis_that_was_away_or_is_another_one_is_not_believed_for_as_long_as_it_matters(
    redis: PrivateRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, others = floors(redis), floors(redis)
    mine.look()
    others.look()
    redis.kill()
    mine.raise_to(8, who=1)
    redis.start()
    mine.look()
    others.look()
    for each in (mine, others):
        with pytest.raises(FloorsAway):
            each.of(1)
    monkeypatch.setattr(mine, "_trusted_from", 0)
    # What it could not be told it has been told since.
    assert mine.of(1) == 8
