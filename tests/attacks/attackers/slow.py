"""Attackers who let the server wait: for the rest of a head or body, or until its answer is read."""

import asyncio

from tests.attacks.attack import Tally
from tests.attacks.bodies import FORM, NDJSON, form_headers, lines
from tests.attacks.wire import Aim, Connection, Lost

LARGEST_FILE = "GET /static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"
_WINDOW = 4096
_READ_BYTES = 1024
_HOLD_SECONDS = 60.0
# Twice a second: the least rate that a body may come at, and less.
_RATE, _BELOW = b"a" * 250, b"a" * 20
# Some 10 MB, more than a front keeps in memory.
RESIDENTS = 60_000


async def silent(aim: Aim, tally: Tally, number: int) -> None:
    """Connects and says nothing."""
    await _hold(await tally.open(aim), tally)


async def unsent(aim: Aim, tally: Tally, number: int) -> None:
    """Promises a body without being anybody, takes the answer, and lets the server wait for the body."""
    connection = await tally.open(aim)
    connection.write(aim.head("POST /imports", "Content-Length: 60000"))
    await _answered_or_held(connection, tally, seconds=5)


async def sign_in_form(aim: Aim, tally: Tally, number: int) -> None:
    """Two bytes of the form; every other connection lets it trickle on."""
    connection = await tally.open(aim)
    headers = (FORM, *form_headers(aim, "a" * 32), "Content-Length: 10000")
    connection.write(aim.head("POST /admin/login/", *headers) + b"us")
    await _answered_or_held(connection, tally, piece=_RATE if number % 2 else b"")


async def slow_reader(aim: Aim, tally: Tally, number: int) -> None:
    """Reads a kilobyte a second of the largest static file, or of all airports as a Viewer."""
    connection = await tally.open(aim, window=_WINDOW)
    tally.requests += 1
    token = f"Authorization: Token {aim.viewer}"
    connection.write(aim.head("GET /airports?format=geojson", token) if number % 2 else aim.head(LARGEST_FILE))
    try:
        piece = await connection.read(_READ_BYTES)
        if piece:
            tally.answers[int(piece.split(None, 2)[1])] += 1
        while piece:
            await asyncio.sleep(1)
            piece = await connection.read(_READ_BYTES)
        tally.lost["closed"] += 1
    finally:
        connection.close()


async def trickle(aim: Aim, tally: Tally, number: int) -> None:
    """Trickles a head; a small body, as a Manager; a body of which more than a front keeps has come at once."""
    connection = await tally.open(aim)
    part = number % 3
    sent = lines(RESIDENTS) if part == 2 else b""
    length = f"Content-Length: {len(sent) + 60_000}"
    head = aim.head("POST /imports", f"Authorization: Token {aim.manager}", NDJSON, length)
    connection.write(head + sent if part else head.removesuffix(b"\r\n") + b"X-Slow: ")
    await _answered_or_held(connection, tally, piece=_BELOW)


async def _hold(connection: Connection, tally: Tally, seconds: float = _HOLD_SECONDS) -> None:
    """Until the server closes, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await connection.until_closed()
        tally.lost["closed"] += 1
    except TimeoutError:
        pass
    finally:
        connection.close()


async def _answered_or_held(
    connection: Connection, tally: Tally, *, piece: bytes = b"", seconds: float = _HOLD_SECONDS
) -> None:
    """Sends the piece twice a second until there is an answer, then holds the connection."""
    tally.requests += 1
    feeding = asyncio.create_task(_feed(connection, piece))
    try:
        await tally.answer(connection, _HOLD_SECONDS)
        await _hold(connection, tally, seconds)
    finally:
        feeding.cancel()
        connection.close()


async def _feed(connection: Connection, piece: bytes) -> None:
    try:
        while piece:
            await asyncio.sleep(0.5)
            await connection.send(piece)
    except Lost:
        pass  # whoever waits for the answer notices too
