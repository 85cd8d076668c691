"""How long the web server waits for a body: by what the caller keeps it waiting."""

import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest
from gunicorn.http.errors import InvalidChunkSize

from config.gunicorn_body import GuardedReader, Patience, SlowBodyError, TimedReceive

Ends = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """The caller's end and ours."""
    caller, ours = socket.socketpair()
    with caller, ours:
        yield caller, ours


def timed(ours: socket.socket, *, seconds: float = 60, rate: int = 100, window: float = 0.2) -> TimedReceive:
    return TimedReceive(lambda size=None: ours.recv(size or 8192), ours, Patience(seconds, rate, window))


def send(caller: socket.socket, piece: bytes, *, times: int, pause: float) -> Thread:
    def run() -> None:
        for _ in range(times):
            time.sleep(pause)
            caller.sendall(piece)

    thread = Thread(target=run)
    thread.start()
    return thread


def receive(timed_receive: TimedReceive, size: int) -> int:
    received = 0
    while received < size:
        received += len(timed_receive(8192))
    return received


def test_who_sends_enough_is_waited_for(ends: Ends) -> None:
    sender = send(ends[0], b"a" * 20, times=20, pause=0.05)
    assert receive(timed(ends[1]), 400) == 400
    sender.join()


def test_who_sends_too_little_is_not(ends: Ends) -> None:
    sender = send(ends[0], b"a", times=8, pause=0.05)
    with pytest.raises(SlowBodyError, match="too slowly"):
        receive(timed(ends[1]), 400)
    sender.join()


def test_who_stops_is_not(ends: Ends) -> None:
    ends[0].sendall(b"a" * 10)
    with pytest.raises(SlowBodyError, match="too slowly"):
        receive(timed(ends[1]), 400)


def test_nobody_is_waited_for_longer_than_in_all(ends: Ends) -> None:
    sender = send(ends[0], b"a" * 1000, times=8, pause=0.05)
    with pytest.raises(SlowBodyError, match="too long"):
        receive(timed(ends[1], seconds=0.2), 10**6)
    sender.join()


def test_time_that_we_take_ourselves_does_not_count(ends: Ends) -> None:
    ours = timed(ends[1], window=0.1)
    for _ in range(3):
        ends[0].sendall(b"a")
        assert ours() == b"a"
        time.sleep(0.1)


def test_the_end_of_a_connection_is_no_slowness(ends: Ends) -> None:
    ends[0].close()
    assert timed(ends[1])() == b""


@pytest.mark.parametrize(
    ("error", "slow"), [(SlowBodyError("x"), True), (ConnectionResetError("x"), False), (InvalidChunkSize(b"x"), False)]
)
def test_every_error_of_a_body_is_one_that_django_knows(error: Exception, slow: bool) -> None:
    class Broken:
        def read(self, size: int) -> bytes:
            raise error

    closed: list[bool] = []
    reader = GuardedReader(Broken(), lambda: closed.append(True))
    with pytest.raises(OSError, match=r"x|the body is no valid HTTP"):
        reader.read(1)
    assert (reader.is_too_slow, closed) == (slow, [True])
