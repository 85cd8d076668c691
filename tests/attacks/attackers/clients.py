"""Attackers who keep connections: callers who do nothing wrong, and callers who send several requests in one packet."""

import random
from collections.abc import Iterator

from tests.attacks.attack import Tally
from tests.attacks.bodies import JSON
from tests.attacks.wire import Aim, Answer, Connection, Lost

_LIVE = "GET /health/live"
_WRONG = "Authorization: Token " + "0" * 64
_SMALLEST, _LARGEST = 100, 100_000
_PIPELINED_PAIRS = 10


async def keep_alive(aim: Aim, tally: Tally, number: int) -> None:
    """Reads, reads, is refused with a body, as long as the connection lasts, like a client of any HTTP library.

    Whatever is not the answer that was to be expected is a surprise.
    """
    connection = await tally.open(aim)
    try:
        for expected, request in _mixed(aim):
            if tally.is_full or (await _ask(connection, tally, request, expected)).closes:
                return
    finally:
        connection.close()


async def _ask(connection: Connection, tally: Tally, request: bytes, expected: int) -> Answer:
    tally.requests += 1
    connection.write(request)
    try:
        answer = await tally.answer(connection)
    except Lost as lost:
        tally.surprises[str(lost)] += 1
        raise
    if answer.status != expected:
        tally.surprises[f"{answer.status} for {expected}"] += 1
    return answer


def _mixed(aim: Aim) -> Iterator[tuple[int, bytes]]:
    """Requests, and the status of the answer to each."""
    manager, viewer = f"Authorization: Token {aim.manager}", f"Authorization: Token {aim.viewer}"
    refusals = [
        (401, "POST /imports", (_WRONG, JSON)),
        (403, "POST /imports", (viewer, JSON)),
        (404, "POST /nothing", (manager, JSON)),
        (415, "POST /imports", (manager, "Content-Type: text/html")),
    ]
    while True:
        status, line, headers = random.choice(refusals)
        # As many small bodies as large ones.
        size = int(_SMALLEST * (_LARGEST / _SMALLEST) ** random.random())
        yield status, aim.request(line, *headers, body=b" " * size)
        yield 200, aim.head(_LIVE)
        yield 200, aim.head(f"GET /imports/{aim.import_id}", manager)


async def pipelined(aim: Aim, tally: Tally, number: int) -> None:
    """Asks twice in one packet, takes both answers, and holds the connection."""
    connection = await tally.open(aim)
    try:
        tally.requests += 2
        connection.write(aim.head(_LIVE) * 2)
        for _ in range(2):
            await tally.answer(connection)
        await connection.until_closed()
    finally:
        connection.close()


async def pipelined_refusals(aim: Aim, tally: Tally, number: int) -> None:
    """Sends many requests at once, every other with a body that is refused, and takes what answers come."""
    refused = aim.request("POST /imports", _WRONG, JSON, body=b" " * 2000)
    connection = await tally.open(aim)
    try:
        tally.requests += 2 * _PIPELINED_PAIRS
        connection.write((aim.head(_LIVE) + refused) * _PIPELINED_PAIRS)
        for _ in range(2 * _PIPELINED_PAIRS):
            if (await tally.answer(connection)).closes:
                return
    finally:
        connection.close()
