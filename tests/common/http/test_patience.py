"""How long the server waits, and for how many of one caller: with real sockets."""

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from config.common.http import patience
from config.common.http.patience import GivenUp, PatientBody, Verdict, Wait, Watch, caller_of, reading
from config.common.http.streams import StreamMiddleware

Ends = tuple[socket.socket, socket.socket]
ANA, BEN = frozenset({("user", 1)}), frozenset({("user", 2)})


@pytest.fixture
def ends() -> Iterator[Ends]:
    """The caller's end and ours."""
    caller, ours = socket.socketpair()
    with caller, ours:
        yield caller, ours


class Shut:
    """A socket that remembers being shut."""

    def __init__(self) -> None:
        self.shut: int | None = None

    def shutdown(self, how: int) -> None:
        self.shut = how


@pytest.fixture
def begun() -> Iterator[ExitStack]:
    """Waits that last until the end of the test."""
    with ExitStack() as stack:
        yield stack


def start(begun: ExitStack, watch: Watch, caller: patience.Caller, seconds: float = 60) -> Wait:
    return begun.enter_context(watch.waiting(caller, Shut(), how=socket.SHUT_RD, seconds=seconds))


def test_a_wait_over_its_time_is_ended(begun: ExitStack) -> None:
    watch = Watch(lambda: 2)
    over, within = start(begun, watch, ANA, seconds=0), start(begun, watch, BEN)
    watch.look()
    assert (over.verdict, over.socket.shut) == (Verdict.TOO_SLOW, socket.SHUT_RD)
    assert (within.verdict, within.socket.shut) == (None, None)


def test_a_wait_that_has_ended_is_not_looked_at() -> None:
    watch = Watch(lambda: 2)
    with ExitStack() as stack:
        wait = start(stack, watch, ANA, seconds=0)
    watch.look()
    assert (wait.verdict, wait.socket.shut) == (None, None)


@given(st.integers(1, 4), st.lists(st.sampled_from([ANA, BEN]), max_size=14))
def test_of_each_caller_the_oldest_waits_stay_up_to_the_share(share: int, callers: list[patience.Caller]) -> None:
    # Nobody is turned away at the door, since no wait counts yet; then all of them do.
    watch = Watch(lambda: share, grace=60)
    with ExitStack() as stack:
        waits = [start(stack, watch, caller) for caller in callers]
        for order, wait in enumerate(waits):
            wait.since -= 1000 - order
        watch.look()
    for caller in (ANA, BEN):
        left = [wait.verdict for wait in waits if wait.caller == caller]
        assert left == [None] * min(share, len(left)) + [Verdict.TOO_MANY] * max(0, len(left) - share)


def test_whoever_has_the_share_gets_no_more_of_it_and_others_do(begun: ExitStack) -> None:
    watch = Watch(lambda: 2, grace=0)
    for _ in range(2):
        start(begun, watch, ANA)
    with pytest.raises(GivenUp), watch.waiting(ANA, Shut(), how=socket.SHUT_RD, seconds=60):
        pytest.fail("it must not be waited for")
    start(begun, watch, BEN)


def test_an_answer_is_begun_whatever_waits_and_given_up_when_it_waits_itself(begun: ExitStack) -> None:
    watch = Watch(lambda: 1, grace=0)
    start(begun, watch, ANA)
    answer = begun.enter_context(watch.waiting(ANA, Shut(), how=socket.SHUT_RDWR, seconds=60))
    assert answer.verdict is None
    watch.look()
    assert answer.verdict is Verdict.TOO_MANY


@pytest.mark.parametrize(
    ("environ", "counts"),
    [
        ({"CONTENT_LENGTH": "999999"}, False),
        ({"CONTENT_LENGTH": "1000000"}, True),
        ({"CONTENT_LENGTH": ""}, True),
        ({"CONTENT_LENGTH": "100", "HTTP_CONTENT_ENCODING": "gzip"}, True),
    ],
)
def test_only_what_comes_as_a_stream_is_part_of_a_share(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], counts: bool
) -> None:
    watch = Watch(lambda: 0, grace=0)
    monkeypatch.setattr(patience, "WATCH", watch)
    ends[0].sendall(b"whole")
    patient = PatientBody(
        {**environ, "gunicorn.socket": ends[1], "wsgi.input": Sent(ends[1]), "REMOTE_ADDR": "1.1.1.1"}
    )
    if counts:
        with pytest.raises(GivenUp):
            patient.read(5)
    else:
        assert patient.read(5) == b"whole"


def test_a_short_wait_counts_for_nobody(begun: ExitStack) -> None:
    watch = Watch(lambda: 1, grace=60)
    waits = [start(begun, watch, ANA) for _ in range(20)]
    watch.look()
    assert {wait.verdict for wait in waits} == {None}


def test_an_address_shares_whoever_signs_in(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    one = caller_of({"HTTP_X_FORWARDED_FOR": "10.0.0.1", "HTTP_AUTHORIZATION": "Token 1"})
    other = caller_of({"HTTP_X_FORWARDED_FOR": "10.0.0.1", "HTTP_AUTHORIZATION": "Token 2", "demanda.user": 7})
    elsewhere = caller_of({"HTTP_X_FORWARDED_FOR": "10.0.0.2", "HTTP_AUTHORIZATION": "Token 3", "demanda.user": 7})
    assert one & other == {("address", "10.0.0.1")}
    assert other & elsewhere == {("user", 7)}
    assert not one & elsewhere


class Sent(io.BytesIO):
    """A body behind a socket, which comes as gunicorn gives it: a read waits until all its bytes are there."""

    def __init__(self, ours: socket.socket) -> None:
        super().__init__()
        self.ours = ours

    def read(self, size: int | None = -1) -> bytes:
        pieces = b""
        while size and len(pieces) < size and (piece := self.ours.recv(min(8192, size - len(pieces)))):
            pieces += piece
        return pieces


def body(ours: socket.socket, settings: Any, *, rate: int, window: float, seconds: float = 60) -> PatientBody:
    settings.BODY_MIN_RATE, settings.BODY_RATE_SECONDS, settings.BODY_SECONDS = rate, window, seconds
    return PatientBody({"gunicorn.socket": ours, "wsgi.input": Sent(ours)})


def send(caller: socket.socket, piece: bytes, *, times: int, pause: float) -> threading.Thread:
    def run() -> None:
        # Who is not waited for any more meets a socket that is shut.
        with suppress(OSError):
            for _ in range(times):
                time.sleep(pause)
                caller.sendall(piece)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_who_sends_enough_is_waited_for(ends: Ends, settings: Any) -> None:
    sender = send(ends[0], b"a" * 50, times=20, pause=0.02)
    assert len(body(ends[1], settings, rate=100, window=2).read(1000)) == 1000
    sender.join()


def test_who_sends_too_little_is_not(ends: Ends, settings: Any) -> None:
    sender = send(ends[0], b"a", times=10, pause=0.05)
    patient = body(ends[1], settings, rate=1000, window=0.3)
    with pytest.raises(GivenUp):
        patient.read(1000)
    assert patient.given_up is Verdict.TOO_SLOW
    sender.join()


def test_nobody_is_waited_for_longer_than_in_all(ends: Ends, settings: Any) -> None:
    sender = send(ends[0], b"a" * 1000, times=20, pause=0.05)
    with pytest.raises(GivenUp):
        body(ends[1], settings, rate=100, window=10, seconds=0.4).read(10**6)
    sender.join()


def test_the_end_of_a_connection_is_no_slowness(ends: Ends, settings: Any) -> None:
    ends[0].sendall(b"half")
    ends[0].close()
    patient = body(ends[1], settings, rate=100, window=5)
    assert (patient.read(1000), patient.read(1000), patient.given_up) == (b"half", b"", None)


def test_a_large_body_is_read_in_larger_steps_while_it_comes_at_once(ends: Ends, settings: Any) -> None:
    patient, asked = body(ends[1], settings, rate=500, window=30), list[int]()
    come = patient._input.read

    def read(size: int) -> bytes:
        asked.append(size)
        piece: bytes = come(size)
        return piece

    patient._input.read = read
    quick = send(ends[0], bytes(2 * 1024 * 1024), times=1, pause=0)
    assert len(patient.read(2 * 1024 * 1024)) == 2 * 1024 * 1024
    quick.join()
    assert (asked[0], max(asked), asked.index(131_072) * 15_000 > 1024 * 1024) == (15_000, 131_072, True)
    slow = send(ends[0], bytes(131_072), times=2, pause=0.3)
    patient.read(2 * 131_072)
    slow.join()
    assert 15_000 in asked[-10:]


@given(st.binary(max_size=300), st.integers(1, 40), st.lists(st.integers(1, 90), max_size=20))
def test_the_pieces_are_the_body_whatever_the_step(sent: bytes, step: int, sizes: list[int]) -> None:
    caller, ours = socket.socketpair()
    with caller, ours:
        caller.sendall(sent)
        caller.shutdown(socket.SHUT_WR)
        patient = PatientBody({"gunicorn.socket": ours, "wsgi.input": Sent(ours)})
        patient._least = patient._step = step
        read = [patient.read(size) for size in sizes]
        assert [len(piece) for piece in read] == lengths(len(sent), sizes)
        assert b"".join(read) + patient.read() == sent


def lengths(whole: int, sizes: list[int]) -> list[int]:
    given_out = []
    for size in sizes:
        given_out.append(min(size, whole))
        whole -= given_out[-1]
    return given_out


def answer(ours: socket.socket, pieces: list[bytes]) -> Any:
    request = RequestFactory().get("/imports/1/citizens", **{"gunicorn.socket": ours})  # type: ignore[arg-type]
    return StreamMiddleware(lambda _: StreamingHttpResponse(pieces))(request)


def test_a_piece_that_nobody_reads_in_time_ends_the_answer(ends: Ends, settings: Any) -> None:
    settings.ANSWER_STALL_SECONDS, settings.ANSWER_SECONDS = 0.3, 60.0
    pieces = iter(answer(ends[1], [b"a" * 10**7, b"b"]))
    with pytest.raises(OSError, match="Broken pipe"):
        ends[1].sendall(next(pieces))


def test_an_answer_that_takes_too_long_is_ended_between_two_pieces(ends: Ends, settings: Any) -> None:
    settings.ANSWER_SECONDS = 0.0
    with pytest.raises(GivenUp):
        list(answer(ends[1], [b"a"]))


def test_an_answer_that_is_read_is_whole(ends: Ends) -> None:
    assert list(answer(ends[1], [b"a", b"b"])) == [b"a", b"b"]


def test_where_there_is_no_socket_nobody_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Callable[..., Any]] = []
    monkeypatch.setattr(patience.WATCH, "waiting", looked.append)
    assert (list(reading({}, [b"a", b"b"])), looked) == ([b"a", b"b"], [])
