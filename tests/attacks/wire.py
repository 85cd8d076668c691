"""A connection over which attackers and the honest caller speak HTTP/1.1 as they please, and every wait is bounded."""

import asyncio
import socket
import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

CONNECT_SECONDS = 4.0
ANSWER_SECONDS = 4.0
# Linux' own number: an address is bound to, a port is chosen when it connects, so that many may be in use.
_BIND_ADDRESS_NO_PORT = 24
_READ_BYTES = 65_536


class Lost(Exception):
    """No whole answer came; the text says what came instead."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What is called, and as whom. Loopback only; `source` is the caller's own address there."""

    url: str
    # Tokens of these roles.
    manager: str = field(repr=False)
    viewer: str = field(repr=False)
    source: str = "127.0.0.1"
    # A delivery that exists.
    import_id: int = 0

    def __post_init__(self) -> None:
        if not ip_address(self.place[0]).is_loopback:
            raise ValueError(f"{self.url} is no address of this machine's loopback.")

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        return str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)

    def head(self, line: str, *headers: str) -> bytes:
        """The head of a request: `GET /path` and its headers."""
        lines = [f"{line} HTTP/1.1", f"Host: {urlsplit(self.url).netloc}", *headers, "", ""]
        return "\r\n".join(lines).encode()

    def request(self, line: str, *headers: str, body: bytes = b"") -> bytes:
        """A whole request."""
        return self.head(line, *headers, f"Content-Length: {len(body)}") + body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def closes(self) -> bool:
        """Whether the server said that it closes the connection."""
        return self.headers.get("connection", "").lower() == "close"


class Connection:
    """Made by `open`; what is written goes out while answers are waited for."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, aim: Aim, *, window: int | None = None) -> Self:
        """Raises Lost. With `window` the kernel and this process take in little more than so many bytes unread."""
        plain = socket.socket()
        try:
            plain.setblocking(False)
            plain.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
            plain.bind((aim.source, 0))
            if window:
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
            async with asyncio.timeout(CONNECT_SECONDS):
                await asyncio.get_running_loop().sock_connect(plain, aim.place)
                tls = _unverified() if aim.url.startswith("https:") else None
                name, limit = aim.place[0] if tls else None, window or _READ_BYTES
                return cls(*await asyncio.open_connection(sock=plain, ssl=tls, server_hostname=name, limit=limit))
        except BaseException as error:
            plain.close()
            if isinstance(error, OSError):
                raise _lost(error, "not connected") from error
            raise

    def write(self, data: bytes) -> None:
        """Sends in the background."""
        self._writer.write(data)

    async def send(self, data: bytes) -> None:
        """Sends as fast as the server takes it. Raises Lost when it has gone."""
        self._writer.write(data)
        try:
            await self._writer.drain()
        except OSError as error:
            raise _lost(error, "unanswered") from error

    async def answer(self, seconds: float = ANSWER_SECONDS) -> Answer:
        """The next answer. Raises Lost when it does not come whole in time."""
        try:
            async with asyncio.timeout(seconds):
                return await self._answer()
        except (OSError, EOFError, ValueError, IndexError, asyncio.LimitOverrunError) as error:
            raise _lost(error, "unanswered") from error

    async def read(self, size: int) -> bytes:
        """What has come, empty when the server has closed. Waits without end. Raises Lost."""
        try:
            return await self._reader.read(size)
        except OSError as error:
            raise _lost(error, "unanswered") from error

    async def until_closed(self) -> None:
        """Throws away what comes until the server closes."""
        while await self.read(_READ_BYTES):
            pass

    def close(self) -> None:
        """Ends the connection at once."""
        self._writer.transport.abort()

    async def _answer(self) -> Answer:
        first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        return Answer(int(first.split()[1]), headers, await self._body(headers))

    async def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            pieces = []
            while size := int(await self._reader.readuntil(b"\r\n"), 16):
                pieces.append((await self._reader.readexactly(size + 2))[:-2])
            await self._reader.readexactly(2)
            return b"".join(pieces)
        if "content-length" in headers:
            return await self._reader.readexactly(int(headers["content-length"]))
        return await self._reader.read()


def _unverified() -> ssl.SSLContext:
    """The certificate of a server on loopback is its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _lost(error: Exception, late: str) -> Lost:
    """A word for what happened; `late` when nothing did in time."""
    match error:
        case TimeoutError():
            return Lost(late)
        case ConnectionRefusedError():
            return Lost("refused")
        case asyncio.IncompleteReadError(partial=b""):
            return Lost("closed")
        case asyncio.IncompleteReadError():
            return Lost("cut off")
        case ConnectionError():
            return Lost("reset")
        case OSError():
            return Lost(error.strerror or type(error).__name__)
    return Lost("no HTTP")
