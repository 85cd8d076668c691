"""How long the server waits for a caller, and for how many requests of one caller at the same time.

The front keeps most of what comes slowly and of what is read slowly. What is larger than it keeps reaches a thread: a
stream while it comes, an answer while it is read. While a thread waits there, a watch of this process looks at it, for
a read comes back only when all its bytes are there: it shuts the socket of a wait that is over its time, and of each
that its caller has beyond a quarter of the threads. Only a wait of some length counts, so a quick caller never does.
"""

import errno
import socket
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import structlog
from django.conf import settings

from config.common.http.callers import client_address

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
Caller = frozenset[Hashable]

# A wait counts from then on.
GRACE_SECONDS = 1.0
_LOOK_SECONDS = 0.2
# As docker/front/http.conf says.
_STREAM_BYTES = 1_000_000
_DRAIN_SECONDS, _DRAIN_STEP = 1.0, 65_536
# A body of which so much has come is read in larger steps while each comes at once.
_QUICK_FROM, _QUICK_STEP, _QUICK_SECONDS = 1024 * 1024, 131_072, 0.1
# Where the API leaves the number of the user, once it knows who calls.
USER = "demanda.user"
_SOCKET = "gunicorn.socket"


logger = structlog.get_logger(__name__)


class Verdict(Enum):
    """Why a wait was ended."""

    TOO_SLOW = "too slow"
    TOO_MANY = "too many"


class GivenUp(ConnectionResetError):
    """The server waits no longer. To Django, as every `OSError`, a body that cannot be read; to gunicorn no fault."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(errno.ECONNRESET, verdict.value)
        self.verdict = verdict


@dataclass(eq=False, slots=True)
class Wait:
    """A thread that waits on `socket` for `caller` until `until`; `verdict` says that, and why, it was ended."""

    caller: Caller
    socket: Any
    how: int
    until: float
    since: float = field(default_factory=time.monotonic)
    verdict: Verdict | None = None


class Watch:
    """The waits of a process. Its thread looks at them from the first on."""

    def __init__(self, share: Callable[[], int], grace: float = GRACE_SECONDS) -> None:
        self._share, self._grace = share, grace
        self._lock = threading.Lock()
        self._waits: list[Wait] = []
        self._thread: threading.Thread | None = None

    @contextmanager
    def waiting(self, caller: Caller, sock: Any, *, how: int, seconds: float) -> Iterator[Wait]:
        """Within it the thread waits for the caller. Raises `GivenUp` for a body where the share is taken already.

        What `how` names of the socket (`SHUT_RD` for a body, `SHUT_RDWR` for an answer) is shut after `seconds`, or
        when others of the same caller wait longer; then `verdict` of the wait says so.
        """
        wait = Wait(caller, sock, how, time.monotonic() + seconds)
        with self._lock:
            if how == socket.SHUT_RD and self._beyond_share(self._waits, wait):
                raise GivenUp(Verdict.TOO_MANY)
            self._waits.append(wait)
            self._begin()
        try:
            yield wait
        finally:
            with self._lock:
                self._waits.remove(wait)

    def _begin(self) -> None:
        # After the fork: threads do not come along.
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._look_for_ever, name="patience", daemon=True)
            self._thread.start()

    def _look_for_ever(self) -> None:
        while True:
            time.sleep(_LOOK_SECONDS)
            self.look()

    def look(self) -> None:
        """End each wait that is over its time, or beyond its caller's share."""
        with self._lock:
            now = time.monotonic()
            for wait in self._waits:
                if now >= wait.until:
                    _end(wait, Verdict.TOO_SLOW)
                elif now >= wait.since + self._grace and self._beyond_share(self._waits, wait):
                    _end(wait, Verdict.TOO_MANY)

    def _beyond_share(self, waits: list[Wait], wait: Wait) -> bool:
        """Whether so many waits of the same caller are older than `wait`, and long enough to count."""
        counts = time.monotonic() - self._grace
        older = [other for other in waits if other is not wait and other.verdict is None and other.since <= counts]
        return any(
            sum(name in other.caller and other.since <= wait.since for other in older) >= self._share()
            for name in wait.caller
        )


def _end(wait: Wait, verdict: Verdict) -> None:
    if wait.verdict is None:
        wait.verdict = verdict
        try:
            wait.socket.shutdown(wait.how)
        except OSError:
            # The caller, or the front for it, went first.
            return


WATCH = Watch(lambda: max(1, settings.WEB_THREADS // 4))


def caller_of(environ: dict[str, Any]) -> Caller:
    """Who waits: an address, and a user, or what the request shows for one."""
    user = environ.get(USER) or environ.get("HTTP_AUTHORIZATION") or environ.get("HTTP_COOKIE")
    return frozenset({("address", client_address(environ)), *([("user", user)] if user else ())})


def with_patience(application: Application) -> Application:
    """The application, whose requests' bodies are waited for with patience."""

    def call(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not isinstance(environ.get(_SOCKET), socket.socket):
            return application(environ, start_response)
        body = environ["wsgi.input"] = PatientBody(environ)
        answer = application(environ, start_response)
        return _Drained(answer, body) if body.is_left() else answer

    return call


class _Drained:
    """An answer to a request of whose body something is left.

    The front closes the connection when it has the answer, whatever its caller still sends. Until then it must be read
    from: what comes to a closed socket would reset the connection before the front has looked at the answer.
    """

    def __init__(self, answer: Iterable[bytes], body: "PatientBody") -> None:
        self._answer, self._body = answer, body

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        try:
            if hasattr(self._answer, "close"):
                self._answer.close()
        finally:
            self._body.drain()


class PatientBody:
    """A request's body that may take `BODY_SECONDS` in all, and `BODY_RATE_SECONDS` for as much as its rate gives.

    A read comes back when all its bytes are there, so it is made of reads of that size; of larger ones, which may take
    as much longer, once a mebibyte has come and while they come at once: the server moves what it holds at each.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        self._environ, self._input = environ, environ["wsgi.input"]
        self._least = self._step = max(1, int(settings.BODY_MIN_RATE * settings.BODY_RATE_SECONDS))
        # What came along whole is nobody's share.
        self._counts = _comes_as_stream(environ)
        self._ends: float | None = None
        self._size = 0
        self.given_up: Verdict | None = None

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, fewer only at the end. Raises `GivenUp`, and `OSError` where the body breaks off."""
        pieces = []
        while size != 0:
            began = time.monotonic()
            step = self._step if size < 0 else min(size, self._step)
            piece = self._wait(self._input.read, step, steps=max(1.0, step / self._least))
            pieces.append(piece)
            is_quick = self._size > _QUICK_FROM and time.monotonic() - began < _QUICK_SECONDS
            self._step = max(self._least, _QUICK_STEP) if is_quick else self._least
            if not piece:
                break
            size = size - len(piece) if size > 0 else size
        return b"".join(pieces)

    def is_left(self) -> bool:
        """Whether there is a body that was not read to its end."""
        announced = self._environ.get("CONTENT_LENGTH") or self._environ.get("HTTP_TRANSFER_ENCODING")
        return bool(announced) and announced != str(self._size)

    def drain(self) -> None:
        """Reads until the front has closed the connection, for a second at most."""
        ends = time.monotonic() + _DRAIN_SECONDS
        with suppress(OSError):
            while (left := ends - time.monotonic()) > 0 and self._wait(self._input.read, _DRAIN_STEP, left):
                pass

    def readline(self, size: int = -1) -> bytes:
        """One line, or the first `size` bytes of it, in the time of one read."""
        return self._wait(self._input.readline, size)

    def _wait(
        self, read: Callable[[int], bytes], size: int, seconds: float | None = None, *, steps: float = 1.0
    ) -> bytes:
        now = time.monotonic()
        self._ends = self._ends or now + settings.BODY_SECONDS
        seconds = min(steps * settings.BODY_RATE_SECONDS, self._ends - now) if seconds is None else seconds
        try:
            # Asked each time: meanwhile it may be known who calls.
            caller = caller_of(self._environ) if self._counts else frozenset()
            with WATCH.waiting(caller, self._environ[_SOCKET], how=socket.SHUT_RD, seconds=seconds) as wait:
                piece = read(size)
        except GivenUp as error:
            self.given_up = error.verdict
            raise
        except OSError:
            if wait.verdict is None:
                raise
            piece = b""
        if wait.verdict is not None:
            self.given_up = wait.verdict
            raise GivenUp(wait.verdict)
        self._size += len(piece)
        return piece


def _comes_as_stream(environ: dict[str, Any]) -> bool:
    """Whether the front did not wait for the body: it is large, of unknown length, or compressed."""
    length = environ.get("CONTENT_LENGTH") or ""
    return not length.isdigit() or int(length) >= _STREAM_BYTES or bool(environ.get("HTTP_CONTENT_ENCODING"))


def reading(environ: dict[str, Any], pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of an answer, each of which must be read in `ANSWER_STALL_SECONDS`, and all in `ANSWER_SECONDS`.

    Raises `GivenUp` before a piece; while one is sent the server meets a socket that is shut, and closes the pieces.
    """
    sock = environ.get(_SOCKET)
    ends = time.monotonic() + settings.ANSWER_SECONDS
    for piece in pieces:
        seconds = min(settings.ANSWER_STALL_SECONDS, ends - time.monotonic())
        if seconds <= 0:
            _log(environ, Verdict.TOO_SLOW)
            raise GivenUp(Verdict.TOO_SLOW)
        if not isinstance(sock, socket.socket):
            yield piece
            continue
        with WATCH.waiting(caller_of(environ), sock, how=socket.SHUT_RDWR, seconds=seconds) as wait:
            try:
                yield piece
            finally:
                if wait.verdict is not None:
                    _log(environ, wait.verdict)


def _log(environ: dict[str, Any], verdict: Verdict) -> None:
    logger.warning("stream_cut_off", path=environ.get("PATH_INFO"), reason=verdict.value)
