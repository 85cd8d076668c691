"""The batch worker: what it makes of queued creates, a batch at a time, killed or beside another."""

import json
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from airports import documents
from airports.models import Airport, QueuedCreate
from airports.querysets import QueuedCreateQuerySet
from airports.services import drain_creates as drain
from airports.services.create_airport import create_airport
from airports.services.drain_creates import drain_creates, forget_creates
from airports.services.queue_create import queue_create
from airports.tasks import drain_creates_task
from tests.airports.builders import VALENCIA, make_valencia
from tests.imports.crowd import in_threads

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna")


def queue(actor: User, *bodies: dict[str, Any]) -> list[int]:
    return [queue_create(body=json.dumps(body).encode(), actor=actor).pk for body in bodies]


def spot(name: str, **values: Any) -> dict[str, Any]:
    return {"name": name, "latitude": 1.5, "longitude": -2.25, **values}


def outcomes() -> list[tuple[str, list[tuple[str, str]]]]:
    """Status, and pointer and code of each error, of every create in its order."""
    rows = QueuedCreate.objects.order_by("pk")
    return [(row.status, [(error["pointer"], error["code"]) for error in row.errors]) for row in rows]


def test_a_queued_create_becomes_the_airport_that_a_direct_one_becomes(anna: User) -> None:
    queue(anna, VALENCIA, spot("Bare"))
    assert drain_creates() == 2
    queued, bare = Airport.objects.order_by("pk")
    queued.delete()
    direct = create_airport(values=VALENCIA, actor=anna)
    same = set(vars(direct)) - {"id", "created_at", "updated_at"}
    assert [vars(queued)[name] for name in same if name[0] != "_"] == [vars(direct)[n] for n in same if n[0] != "_"]
    assert [bare.name, bare.city, bare.iata, bare.altitude, bare.version] == ["Bare", None, None, None, 1]


def test_it_is_said_what_became_of_each(anna: User) -> None:
    make_valencia()
    queue(
        anna,
        spot("Good", iata="aaa"),
        spot("Twin of the first", iata="AAA"),
        spot("", latitude=91, x=1) | {"\0/~": 1},
        spot("Same codes", iata="VLC", icao="LEVC"),
        spot("Same ICAO", icao="LEVC"),
    )
    assert drain_creates() == 5
    duplicate = "duplicate_code"
    assert outcomes() == [
        ("created", []),
        ("failed", [("/iata", duplicate)]),
        (
            "failed",
            [
                ("/name", "required"),
                ("/latitude", "out_of_range"),
                ("/x", "unknown_field"),
                ("/\ufffd~1~0", "unknown_field"),
            ],
        ),
        ("failed", [("/iata", duplicate), ("/icao", duplicate)]),
        ("failed", [("/icao", duplicate)]),
    ]
    first = QueuedCreate.objects.order_by("pk")[0]
    assert Airport.objects.get(name="Good").pk == first.airport_id
    assert (first.body, Airport.objects.count()) == ("", 2)
    assert drain_creates() == 0


def test_the_code_of_a_flagged_airport_is_free(anna: User) -> None:
    make_valencia(is_deleted=True, deleted_at=timezone.now())
    queue(anna, VALENCIA)
    drain_creates()
    assert outcomes() == [("created", [])]


def test_the_history_names_whoever_asked(anna: User) -> None:
    boris = User.objects.create_user("boris")
    queue(anna, spot("A"))
    queue(boris, spot("B"))
    drain_creates()
    entries = Airport.history.order_by("history_id")
    found = [(e.name, e.version, e.history_type, e.history_user.username, e.history_change_reason) for e in entries]
    assert found == [("A", 1, "+", "anna", "queued"), ("B", 1, "+", "boris", "queued")]


def test_whoever_is_deleted_meanwhile_leaves_a_create_of_nobody(anna: User) -> None:
    queue(anna, spot("A"))
    anna.delete()
    assert (drain_creates(), outcomes()) == (1, [("created", [])])
    assert [entry.history_user for entry in Airport.history.all()] == [None]


def test_more_than_a_hundred_errors_are_counted(anna: User) -> None:
    queue(anna, spot("A") | {f"x{number}": 1 for number in range(130)})
    drain_creates()
    row = QueuedCreate.objects.get()
    assert (row.status, len(row.errors), row.more_errors) == ("failed", 100, 30)


def test_batches_are_taken_in_their_order(anna: User) -> None:
    queue(anna, *(spot(f"{number}") for number in range(5)))
    assert [drain_creates(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert [airport.name for airport in Airport.objects.order_by("pk")] == ["0", "1", "2", "3", "4"]


def test_a_batch_costs_as_many_statements_for_fifty_as_for_one(
    anna: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for count in (1, 50):
        queue(anna, *(spot(f"{number}") for number in range(count)), spot("bad", latitude=91))
        # Savepoint, rows, airports, refusals, release.
        with django_assert_num_queries(5):
            assert drain_creates() == count + 1


def test_a_row_that_the_database_refuses_holds_up_no_other(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    queue(anna, spot("A"), spot("B"), spot("C"))
    read = documents.read_airport

    def wrong(document: dict[str, Any]) -> dict[str, Any]:
        values = read(document)
        return values | {"latitude": 91.0} if values["name"] == "B" else values

    monkeypatch.setattr(drain, "read_airport", wrong)
    assert drain_creates() == 3
    assert outcomes() == [("created", []), ("failed", [("", "not_stored")]), ("created", [])]


def test_what_was_not_committed_is_drained_again(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    queue(anna, spot("A"), spot("B", latitude=91))
    with monkeypatch.context() as broken:
        broken.setattr(drain, "_fail", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            drain_creates()
    assert (Airport.objects.count(), outcomes()) == (0, [("queued", []), ("queued", [])])
    drain_creates()
    assert (Airport.objects.count(), [status for status, _ in outcomes()]) == (1, ["created", "failed"])


def test_the_task_drains_all_full_batches_and_what_is_left(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airports.tasks.AT_ONCE", 2)
    monkeypatch.setattr("airports.tasks.drain_creates", lambda: drain_creates(limit=2))
    queue(anna, *(spot(f"{number}") for number in range(5)))
    drain_creates_task.run()
    assert Airport.objects.count() == 5


def test_what_is_finished_is_forgotten_after_seven_days(anna: User) -> None:
    queue(anna, spot("old"), spot("new"))
    drain_creates()
    queue(anna, spot("queued"))
    old, new, queued = QueuedCreate.objects.order_by("pk")
    for row, days in ((old, 7), (new, 6)):
        QueuedCreate.objects.filter(pk=row.pk).update(finished_at=timezone.now() - timedelta(days=days))
    QueuedCreate.objects.filter(pk=queued.pk).update(created_at=timezone.now() - timedelta(days=99))
    assert forget_creates() == 1
    assert list(QueuedCreate.objects.order_by("pk")) == [new, queued]


def drain_beside_another() -> None:
    try:
        while drain_creates(limit=10):
            pass
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_drains_beside_each_other_make_each_airport_once(anna: User) -> None:
    queue(anna, *(spot(f"{number}") for number in range(300)))
    in_threads([(drain_beside_another,)] * 4)
    assert sorted(Airport.objects.values_list("name", flat=True)) == sorted(f"{number}" for number in range(300))
    assert [status for status, _ in outcomes()] == ["created"] * 300
    assert Airport.history.count() == 300


def unlocked(self: QueuedCreateQuerySet) -> list[QueuedCreate]:
    """`QueuedCreateQuerySet.taken`, without the locks."""
    return list(self)


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_drains_beside_each_other_make_airports_twice(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both read the rows before one of them writes."""
    queue(anna, *(spot(f"{number}") for number in range(10)))
    monkeypatch.setattr("airports.querysets.QueuedCreateQuerySet.taken", unlocked)
    store = drain._store
    both = Barrier(2, timeout=10)

    def late(rows: Any) -> Any:
        both.wait()
        return store(rows)

    monkeypatch.setattr(drain, "_store", late)

    def run() -> None:
        try:
            drain_creates()
        finally:
            connection.close()

    in_threads([(run,)] * 2)
    assert Airport.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_a_code_that_somebody_is_about_to_take_is_waited_for(anna: User) -> None:
    queue(anna, VALENCIA, spot("other"))
    inserted, drained = Event(), Event()

    def insert() -> None:
        try:
            with transaction.atomic():
                make_valencia()
                inserted.set()
                assert not drained.wait(0.5)
        finally:
            connection.close()

    def run() -> None:
        try:
            assert inserted.wait(10)
            drain_creates()
            drained.set()
        finally:
            connection.close()

    in_threads([(insert,), (run,)])
    assert outcomes() == [("failed", [("/iata", "duplicate_code"), ("/icao", "duplicate_code")]), ("created", [])]
