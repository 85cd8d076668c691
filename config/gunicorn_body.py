"""How long the web server waits for a request's body: one that trickles must not keep a thread, and what it holds.

A worker with threads would wait for ever, and `read(n)` comes back only when n bytes are there. So the clock runs where
single pieces arrive from the socket. It counts what the caller keeps us waiting, not what we take for the work between.
"""

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gunicorn.http.errors import ParseException

Receive = Callable[..., bytes]


@dataclass(frozen=True, slots=True)
class Patience:
    """The limits of a body: `seconds` in all, and `rate` bytes a second on average over each `window` of waiting."""

    seconds: float
    rate: int
    window: float


class SlowBodyError(TimeoutError):
    """The caller takes too long. To Django, as every `OSError`, a body that cannot be read."""


class TimedReceive:
    """Receives from a socket as `receive` does. Raises `SlowBodyError` when the caller is out of patience's limits."""

    def __init__(self, receive: Receive, sock: socket.socket, patience: Patience) -> None:
        self._receive = receive
        self._patience = patience
        self._deadline = time.monotonic() + patience.seconds
        self._waited = 0.0
        self._received = 0
        self._arrivals = select.poll()
        self._arrivals.register(sock, select.POLLIN)

    def __call__(self, size_hint: int | None = None) -> bytes:
        start = time.monotonic()
        while not self._arrivals.poll(1000 * max(0.0, self._left(start))):
            self._waited += time.monotonic() - start
            start = time.monotonic()
            self._turn_window(start)
        self._waited += time.monotonic() - start
        self._turn_window(start)
        piece = self._receive(size_hint)
        self._received += len(piece)
        return piece

    def _left(self, now: float) -> float:
        return min(self._patience.window - self._waited, self._deadline - now)

    def _turn_window(self, now: float) -> None:
        if now >= self._deadline:
            raise SlowBodyError("the body took too long")
        if self._waited < self._patience.window:
            return
        if self._received < self._patience.rate * self._patience.window:
            raise SlowBodyError("the body came too slowly")
        self._waited, self._received = 0.0, 0


class GuardedReader:
    """A reader of gunicorn's, whose errors are all `OSError`: what Django knows as a body that cannot be read."""

    def __init__(self, reader: Any, close: Callable[[], None]) -> None:
        self._reader = reader
        self._close = close
        self.is_too_slow = False

    def read(self, size: int) -> bytes:
        """Up to `size` bytes. After an error the connection is closed with the answer."""
        try:
            piece: bytes = self._reader.read(size)
        except (OSError, ParseException) as error:
            self.is_too_slow = isinstance(error, SlowBodyError)
            self._close()
            if isinstance(error, OSError):
                raise
            raise OSError("the body is no valid HTTP") from error
        return piece
