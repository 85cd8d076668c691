"""Attackers who make the server work: hashes, large deliveries, bodies without an end, questions it cannot answer."""

import asyncio
import secrets

from tests.attacks import bodies
from tests.attacks.attack import Tally
from tests.attacks.wire import Aim, Connection, Lost

# Of an answer that takes its time: this attacker wants the work, not the answer.
_PATIENCE_SECONDS = 60.0
RELATIVES = 100_000
DELIVERED = 2_000
_ENDLESS_BYTES = 2**30
_PIECE = b" " * 65_536


async def sign_in(aim: Aim, tally: Tally, number: int) -> None:
    """Signs in with a name that nobody has."""
    fields = {"username": secrets.token_hex(8), "password": secrets.token_hex(8)}
    await _ask(aim, tally, bodies.sign_in_form(aim, fields, token=secrets.token_hex(16)))


async def read(aim: Aim, tally: Tally, number: int) -> None:
    """Asks for what only the database knows."""
    await _ask(aim, tally, aim.head(f"GET /imports/{aim.import_id}", f"Authorization: Token {aim.viewer}"))


async def deliver(aim: Aim, tally: Tally, number: int) -> None:
    """Sends a delivery for which there is no room."""
    await _ask(aim, tally, _delivery(aim, bodies.lines(DELIVERED)))


async def many_relatives(aim: Aim, tally: Tally, number: int) -> None:
    """Sends somebody with a hundred thousand relatives, compressed."""
    await _ask(aim, tally, _delivery(aim, bodies.clan(RELATIVES), "Content-Encoding: gzip"))


async def endless_body(aim: Aim, tally: Tally, number: int) -> None:
    """Sends a gigabyte as fast as it is taken, as nobody and as a Viewer, and goes on after the answer."""
    connection = await tally.open(aim)
    tally.requests += 1
    token = f"Authorization: Token {aim.viewer if number % 2 else '0' * 64}"
    connection.write(aim.head("POST /imports", token, bodies.NDJSON, f"Content-Length: {_ENDLESS_BYTES}"))
    pouring = asyncio.create_task(_pour(connection))
    try:
        await tally.answer(connection, _PATIENCE_SECONDS)
        await pouring
    finally:
        pouring.cancel()
        connection.close()


async def _pour(connection: Connection) -> None:
    try:
        for _ in range(_ENDLESS_BYTES // len(_PIECE)):
            await connection.send(_PIECE)
            # A turn for the others: while there is room in the buffer nobody waits.
            await asyncio.sleep(0)
    except Lost:
        pass  # the server has had enough


def _delivery(aim: Aim, body: bytes, *headers: str) -> bytes:
    return aim.request("POST /imports", f"Authorization: Token {aim.manager}", bodies.NDJSON, *headers, body=body)


async def _ask(aim: Aim, tally: Tally, request: bytes) -> None:
    connection = await tally.open(aim)
    try:
        tally.requests += 1
        connection.write(request)
        await tally.answer(connection, _PATIENCE_SECONDS)
    finally:
        connection.close()
