"""Waits for the database: cut off are those that wait still, and no others."""

import threading
import time
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg2 import OperationalError

from config.common.db.in_flight import InFlight

STEPS = st.lists(st.one_of(st.just("begin"), st.tuples(st.just("end"), st.integers(0, 5)), st.integers(0, 9)))


@given(STEPS)
def test_a_cut_meets_every_wait_that_began_before_the_moment_and_none_that_has_ended(steps: list[object]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = [0.0]
        patch.setattr(time, "monotonic", lambda: clock[0])
        in_flight, open_waits, cut = InFlight(), dict[float, ExitStack](), list[float]()
        for step in steps:
            clock[0] += 1
            if step == "begin":
                stack = open_waits[clock[0]] = ExitStack()
                stack.enter_context(in_flight.wait(partial(cut.append, clock[0])))
            elif isinstance(step, tuple) and open_waits:
                began = sorted(open_waits)[step[1] % len(open_waits)]
                open_waits.pop(began).close()
            elif isinstance(step, int):
                moment = clock[0] - step
                cut.clear()
                expected = sorted(began for began in open_waits if began < moment)
                assert (in_flight.cut(begun_before=moment), sorted(cut)) == (len(expected), expected)
            longest = clock[0] - min(open_waits) if open_waits else 0
            assert in_flight.longest() == longest


def leaves_while_it_is_cut(in_flight: InFlight) -> bool:
    """Whether a wait that ends while it is cut off is over before the cut is: its connection is another's by then."""
    entered, may_end, is_over = threading.Event(), threading.Event(), threading.Event()
    left: list[bool] = []

    def wait() -> None:
        with in_flight.wait(cut):
            entered.set()
            may_end.wait()
        is_over.set()

    def cut() -> None:
        may_end.set()
        left.append(is_over.wait(0.3))

    thread = threading.Thread(target=wait)
    thread.start()
    entered.wait()
    in_flight.cut(begun_before=float("inf"))
    thread.join()
    return left[0]


def test_a_wait_does_not_end_while_it_is_cut_off() -> None:
    assert not leaves_while_it_is_cut(InFlight())


def test_without_the_lock_it_does() -> None:
    class Unlocked(InFlight):
        _lock: AbstractContextManager[None]  # type: ignore[assignment]  # the lock is what is missing

        def __init__(self) -> None:
            super().__init__()
            self._lock = nullcontext()

    assert leaves_while_it_is_cut(Unlocked())


def test_a_wait_is_refused_for_as_long_as_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    in_flight = InFlight()
    in_flight.refuse(seconds=5)
    with pytest.raises(OperationalError), in_flight.wait(lambda: None):
        raise AssertionError
    clock[0] = 5.0
    with in_flight.wait(lambda: None):
        assert not in_flight.is_refusing()
    in_flight.refuse(seconds=5)
    in_flight.refuse(seconds=0)
    with in_flight.wait(lambda: None):
        assert in_flight.longest() == 0
