"""A client that does with a connection what no library would: it trickles, breaks off, sends nonsense."""

import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPResponse
from urllib.parse import urlsplit

from tests.server import Server


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and whether the server closed the connection after it."""

    status: int
    connection: str | None
    body: bytes


class RawClient:
    """One connection, on which the head of a request has been sent, if there is one to send."""

    def __init__(self, server: Server, head: str | None = None, *headers: str) -> None:
        address = urlsplit(server.url)
        self.socket = socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=20)
        if head is not None:
            lines = [f"{head} HTTP/1.1", f"Host: {address.netloc}", *headers, "", ""]
            self.send("\r\n".join(lines).encode())

    def send(self, piece: bytes) -> None:
        """Sends the piece as it is."""
        self.socket.sendall(piece)

    def send_chunk(self, piece: bytes) -> None:
        """Sends the piece as one chunk of a body without a length."""
        self.send(b"%x\r\n%s\r\n" % (len(piece), piece))

    def trickle(self, piece: bytes, send: Callable[[bytes], None]) -> Answered:
        """Sends the piece again and again, some twenty times a second, until there is an answer."""
        deadline = time.monotonic() + 15
        self.socket.settimeout(0.05)
        while time.monotonic() < deadline:
            try:
                send(piece)
                if self.socket.recv(1, socket.MSG_PEEK):
                    break
            except TimeoutError:
                continue
        return self.answer()

    def answer(self) -> Answered:
        """What the server says."""
        self.socket.settimeout(20)
        response = HTTPResponse(self.socket)
        response.begin()
        return Answered(response.status, response.getheader("Connection"), response.read())

    def close(self, *, reset: bool = False) -> None:
        """Ends the connection, with `reset` in the way of a machine that lost it."""
        if reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
