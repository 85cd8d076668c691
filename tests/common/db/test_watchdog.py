"""Who waits for a PostgreSQL that is frozen is told so; who waits for a slow statement is left alone."""

import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import cast

import pytest
from django.db import Error, connections
from psycopg2 import OperationalError
from psycopg2.extensions import connection

from config.common.db import liveness, watchdog, watched
from config.common.db.errors import _in_doubt, as_problem
from config.common.db.in_flight import InFlight
from config.common.db.liveness import Asker, Liveness, SharedQuestion
from config.common.db.watchdog import Watchdog
from config.common.db.watched import InDoubt, WatchedConnection, WatchedCursor
from config.embedded.front import free_port
from tests.background.workers import until
from tests.common.db.frozen import PrivatePostgres


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds in the product takes tenths here."""
    monkeypatch.setattr(watchdog, "OVERDUE_SECONDS", 0.2)


@pytest.fixture
def asker() -> Iterator[Asker]:
    """One that has asked once."""
    made = Asker()
    yield made
    made.close()


@pytest.fixture
def in_flight(monkeypatch: pytest.MonkeyPatch) -> InFlight:
    """What the connections of this test wait for."""
    made = InFlight()
    monkeypatch.setattr(watched, "IN_FLIGHT", made)
    monkeypatch.setattr(Watchdog, "start", lambda _: None)
    return made


def open_watched(postgres: PrivatePostgres) -> connection:
    return postgres.connect(WatchedConnection, WatchedCursor)


class Waiter(threading.Thread):
    """Does in a thread of its own what may have to wait, and keeps the error that ends it."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act = act
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._act()
        except OperationalError as error:
            self.error = error


class Endless(io.RawIOBase):
    """A file for COPY that has no end."""

    def read(self, size: int = -1) -> bytes:
        return b"1\n" * (size // 2)


def execute(statement: str) -> Callable[[connection], Callable[[], object]]:
    return lambda opened: partial(opened.cursor().execute, statement)


def copy(opened: connection) -> Callable[[], object]:
    return lambda: opened.cursor().copy_expert("COPY numbers FROM STDIN", Endless())


def fetch(opened: connection) -> Callable[[], object]:
    opened.autocommit = False
    cursor = opened.cursor("rows")
    cursor.execute("SELECT generate_series(1, 100000)")
    return lambda: cursor.fetchmany(50_000)


def end(name: str) -> Callable[[connection], Callable[[], object]]:
    def prepare(opened: connection) -> Callable[[], object]:
        opened.autocommit = False
        opened.cursor().execute("INSERT INTO numbers VALUES (1)")
        return cast("Callable[[], object]", getattr(opened, name))

    return prepare


def test_a_server_that_runs_answers(asked: PrivatePostgres, asker: Asker) -> None:
    assert [asker.ask(), asker.ask()] == [Liveness.ANSWERS] * 2


def test_a_frozen_server_is_silent_and_answers_when_it_goes_on(asked: PrivatePostgres, asker: Asker) -> None:
    asker.ask()
    asked.freeze()
    assert [asker.ask(), asker.ask()] == [Liveness.SILENT] * 2
    asked.thaw()
    assert asker.ask() is Liveness.ANSWERS


def test_a_server_whose_postmaster_alone_is_frozen_answers(asked: PrivatePostgres, asker: Asker) -> None:
    asker.ask()
    asked.freeze(postmaster_only=True)
    assert asker.ask() is Liveness.ANSWERS
    # The control: without a connection that was kept it would count as frozen.
    asker.close()
    assert asker.ask() is Liveness.SILENT


def test_a_server_of_which_one_process_is_frozen_answers(asked: PrivatePostgres, asker: Asker) -> None:
    asker.ask()
    assert asker._question._kept is not None
    asked.freeze(pid=asker._question._kept.info.backend_pid)
    assert asker.ask() is Liveness.ANSWERS


def test_a_server_that_is_not_there_refuses(asked: PrivatePostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "127.0.0.1", "PORT": str(free_port())}.items():
        monkeypatch.setitem(connections.settings["default"], name, value)
    assert Asker().ask() is Liveness.REFUSES


def test_those_who_ask_meanwhile_share_the_answer_and_none_waits_longer_than_it_likes() -> None:
    asked, may_answer = [], threading.Event()

    def ask() -> int:
        asked.append(1)
        may_answer.wait()
        return len(asked)

    question = SharedQuestion(ask)
    for _ in range(20):
        with pytest.raises(TimeoutError):
            question.answer(within=0.01)
    may_answer.set()
    assert question.answer(within=10) == 1
    assert question.answer(within=10) == 2


def accepts(in_flight: InFlight, dog: Watchdog) -> bool:
    """Whether statements may begin after another look."""
    dog.look()
    return not in_flight.is_refusing()


@pytest.mark.parametrize(
    ("prepare", "error"),
    [
        (execute("SELECT 1"), OperationalError), (execute("INSERT INTO numbers VALUES (1)"), InDoubt),
        (copy, OperationalError), (fetch, OperationalError), (end("commit"), InDoubt),
        (end("rollback"), OperationalError),
    ],
    ids=["select", "insert", "copy", "fetch", "commit", "rollback"],
)  # fmt: skip
def test_whatever_waits_for_a_frozen_server_ends_and_others_need_not_try(
    asked: PrivatePostgres, asker: Asker, in_flight: InFlight, monkeypatch: pytest.MonkeyPatch,
    prepare: Callable[[connection], Callable[[], object]], error: type[Exception],
) -> None:  # fmt: skip
    with closing(open_watched(asked)) as opened:
        opened.cursor().execute("CREATE TABLE IF NOT EXISTS numbers (n int)")
        dog, act = Watchdog(in_flight, asker.ask), prepare(opened)
        monkeypatch.setattr(liveness, "PATIENCE_SECONDS", 0.4)
        asked.freeze()
        waiter = Waiter(act)
        until(lambda: in_flight.longest() > 0.2)
        dog.look()
        waiter.join(10)
        assert (type(waiter.error), opened.closed > 0, in_flight.longest()) == (error, True, 0)
    with pytest.raises(OperationalError, match="has not answered for a while"):
        open_watched(asked)
    asked.thaw()
    until(partial(accepts, in_flight, dog))
    open_watched(asked).close()


@pytest.mark.parametrize("server", ["healthy", "without its postmaster", "in doubt"])
def test_a_slow_statement_is_left_alone_where_the_server_answers_and_not_where_nobody_asks(
    asked: PrivatePostgres, asker: Asker, in_flight: InFlight, server: str
) -> None:
    asker.ask()
    # The control: whoever does not ask takes a slow statement for one that is never answered.
    dog = Watchdog(in_flight, (lambda: Liveness.SILENT) if server == "in doubt" else asker.ask)
    with closing(open_watched(asked)) as opened:
        if server == "without its postmaster":
            asked.freeze(postmaster_only=True)
        waiter = Waiter(partial(opened.cursor().execute, "SELECT pg_sleep(1)"))
        until(lambda: in_flight.longest() > 0.2)
        dog.look()
        waiter.join()
        is_left_alone = server != "in doubt"
        assert (waiter.error is None, in_flight.is_refusing()) == (is_left_alone, not is_left_alone)


def test_a_refusal_says_nothing_of_those_who_wait(in_flight: InFlight) -> None:
    cut: list[int] = []
    answers = [Liveness.REFUSES, Liveness.SILENT, Liveness.REFUSES, Liveness.ANSWERS]
    refusing = []
    dog = Watchdog(in_flight, lambda: answers.pop(0))
    with in_flight.wait(lambda: cut.append(len(answers))):
        until(lambda: in_flight.longest() > 0.2)
        for _ in range(4):
            dog.look()
            refusing.append(in_flight.is_refusing())
    assert (refusing, cut) == ([False, True, True, False], [2])


def test_nobody_is_asked_while_nothing_takes_long(in_flight: InFlight) -> None:
    def fail() -> Liveness:
        raise AssertionError

    with in_flight.wait(lambda: None):
        Watchdog(in_flight, fail).look()


def test_a_question_that_does_not_end_counts_as_silence(in_flight: InFlight, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "_ANSWER_SECONDS", 0.1)
    may_end, cut = threading.Event(), list[int]()
    with in_flight.wait(lambda: cut.append(1)):
        until(lambda: in_flight.longest() > 0.2)
        Watchdog(in_flight, lambda: Liveness.ANSWERS if may_end.wait(10) else Liveness.SILENT).look()
    may_end.set()
    assert cut == [1]


def test_a_connection_that_was_closed_is_not_cut_off_nor_is_another_that_got_its_number(
    asked: PrivatePostgres, in_flight: InFlight
) -> None:
    with closing(open_watched(asked)) as first:
        number = first.fileno()
        with first.waiting():  # type: ignore[attr-defined]  # of our own class
            # As libpq does when the server has closed it.
            os.close(number)
            with closing(open_watched(asked)) as second:
                assert second.fileno() == number
                in_flight.cut(begun_before=float("inf"))
                second.cursor().execute("SELECT 1")
                second.close()


@pytest.mark.parametrize("autocommit", [True, False], ids=["insert", "commit"])
def test_of_a_change_that_was_lost_on_its_way_nobody_is_told_that_nothing_was_stored(
    postgres: PrivatePostgres, in_flight: InFlight, autocommit: bool
) -> None:
    details = []
    for act in (execute("SELECT 1"), execute("INSERT INTO numbers VALUES (1)") if autocommit else end("commit")):
        with closing(open_watched(postgres)) as opened, closing(postgres.connect()) as other:
            other.cursor().execute("CREATE TABLE IF NOT EXISTS numbers (n int)")
            last = act(opened)
            other.cursor().execute("SELECT pg_terminate_backend(%s)", [opened.info.backend_pid])
            with pytest.raises(Error) as failure, connections["default"].copy().wrap_database_errors:
                last()
        # What is tidied up afterwards, a lock for instance, fails too.
        later = Error()
        later.__context__ = failure.value
        details += [str(as_problem(failure.value)), str(_in_doubt(later))]
    assert details[0].endswith("Nothing was stored.")
    assert details[2].endswith("Look whether this was stored before you send it again.")
    assert (details[1], details[3]) == ("False", "True")
