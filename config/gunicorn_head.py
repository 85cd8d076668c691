"""How long the web server waits for a request's head: one that trickles must not keep a thread.

gunicorn gives a connection a thread with its first byte, and the thread waits for the rest: as many half heads as there
are threads would stop the server. So the head is looked at without taking it off the socket, and the connection goes
back to the loop that waits for all of them until the head is whole.
"""

import select
import socket
import time
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, ParseException

# As much as common proxies let through, and more.
HEAD_BYTES = 65_536

_END = b"\r\n\r\n"
_GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR


class SlowHeadError(ParseException):  # type: ignore[misc]  # gunicorn has no types
    """The caller takes too long for the request line and the headers."""


def head_has_come(conn: Any, *, seconds: float) -> bool:
    """Whether a thread can read the head of the connection's next request without waiting; it may take `seconds`.

    So it can when the caller has ended the connection, too. If not, the socket becomes readable with the next byte.
    Raises `SlowHeadError` and `LimitRequestHeaders`.
    """
    before = conn.parser.unreader.buf.getvalue() if conn.parser else b""
    seen = _peek(conn.sock)
    if _END in before + seen or _has_ended(conn.sock):
        _look_again_from(conn.sock, 1)
        conn.head_deadline = None
        return True
    if len(seen) >= HEAD_BYTES:
        return _is_too_large(conn.sock, before + seen)
    now = time.monotonic()
    if getattr(conn, "head_deadline", None) is None:
        conn.head_deadline = now + seconds
    if now >= conn.head_deadline:
        raise SlowHeadError
    _look_again_from(conn.sock, len(seen) + 1)
    return False


def _peek(sock: socket.socket) -> bytes:
    """What has arrived and stays on the socket."""
    try:
        return sock.recv(HEAD_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return b""


def _has_ended(sock: socket.socket) -> bool:
    poll = select.poll()
    poll.register(sock, _GONE)
    return bool(poll.poll(0))


def _is_too_large(sock: socket.socket, head: bytes) -> bool:
    """A line that is too long the parser refuses by itself."""
    _look_again_from(sock, 1)
    if b"\r\n" in head:
        raise LimitRequestHeaders("the head is too large")
    return True


def _look_again_from(sock: socket.socket, size: int) -> None:
    """Have the socket count as readable from `size` bytes on, which is what a blocking read waits for, too."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
