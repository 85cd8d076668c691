"""A server on loopback that does to every connection what a test wants."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tests.attacks.wire import Aim

# A whole body may stand before the head of the next request.
_BODY = 1 << 24
Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def stub(reply: Reply) -> AsyncIterator[Aim]:
    """Where the server listens. `reply` is called with each connection, which is closed when it returns."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reply(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the caller has gone
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=_BODY)
    try:
        port = server.sockets[0].getsockname()[1]
        yield Aim(f"http://127.0.0.1:{port}", manager="m", viewer="v")
    finally:
        server.close()


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads, and never answers."""
    while await reader.read(65_536):
        pass


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Closes behind the head of a request, without an answer."""
    await reader.readuntil(b"\r\n\r\n")


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Resets the connection behind the head of a request."""
    await reader.readuntil(b"\r\n\r\n")
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def answering(answer: bytes) -> Reply:
    """Sends these bytes for each head of a request, as long as the caller asks."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)

    return reply


def whole(status: int, *headers: str) -> bytes:
    """An answer without a body."""
    return "\r\n".join([f"HTTP/1.1 {status} -", "Content-Length: 0", *headers, "", ""]).encode()
