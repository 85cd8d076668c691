"""The honest caller: asks from an address of its own at fixed moments, however long the answers before take."""

import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Protocol

import msgspec

from tests.attacks.bodies import JSON, resident
from tests.attacks.wire import Aim, Connection, Lost

WITHIN_SECONDS = 2.0
# Read on for this long, to tell how late an answer came.
_PATIENCE_SECONDS = 12.0


@dataclass(frozen=True, slots=True)
class Expected:
    """One kind of probe: what comes back, in time, and how often it is asked for."""

    status: int
    within: float = WITHIN_SECONDS
    every: float = 0.5
    retry_after: bool = False


Expectations = Mapping[str, Expected]
WELL: Expectations = {
    "live": Expected(200),
    "ready": Expected(200),
    "import": Expected(200),
    "post": Expected(201, every=1.0),
}
FROZEN: Expectations = {
    "live": Expected(200),
    "ready": Expected(503),
    "import": Expected(503, within=10.0, retry_after=True),
}
FULL: Expectations = {**WELL, "post": Expected(507, every=1.0)}


@dataclass(frozen=True, slots=True)
class Sample:
    """One probe: how long it took, and what was wrong with it; blank for nothing."""

    kind: str
    seconds: float
    wrong: str = ""


class Stop(Protocol):
    """An event of threads or of processes."""

    def is_set(self) -> bool: ...


def run(aim: Aim, expectations: Expectations, stop: Stop, pipe: Pipe) -> None:
    """Probes until `stop` and sends the samples: what a process of its own does."""
    pipe.send(asyncio.run(watch(aim, expectations, stop)))


async def watch(aim: Aim, expectations: Expectations, stop: Stop) -> list[Sample]:
    """Each kind of probe again and again until `stop`, and what comes of the last ones."""
    async with asyncio.TaskGroup() as group:
        rounds = [group.create_task(_rounds(aim, kind, wanted, stop)) for kind, wanted in expectations.items()]
    return [sample for tasks in rounds for sample in tasks.result()]


async def _rounds(aim: Aim, kind: str, wanted: Expected, stop: Stop) -> list[Sample]:
    probes = []
    async with asyncio.TaskGroup() as group:
        while not stop.is_set():
            probes.append(group.create_task(probe(aim, kind, wanted)))
            await asyncio.sleep(wanted.every)
    return [each.result() for each in probes]


async def probe(aim: Aim, kind: str, wanted: Expected) -> Sample:
    """One request on a connection of its own."""
    begun = time.monotonic()
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            wrong = await _ask(aim, kind, wanted)
    except TimeoutError:
        wrong = "unanswered"
    except Lost as lost:
        wrong = str(lost)
    seconds = time.monotonic() - begun
    if not wrong and seconds > wanted.within:
        wrong = f"after {wanted.within:.0f} s"
    return Sample(kind, seconds, wrong)


async def _ask(aim: Aim, kind: str, wanted: Expected) -> str:
    connection = await Connection.open(aim)
    try:
        connection.write(_request(aim, kind))
        answer = await connection.answer(_PATIENCE_SECONDS)
    finally:
        connection.close()
    if answer.status != wanted.status:
        return str(answer.status)
    return "no Retry-After" if wanted.retry_after and "retry-after" not in answer.headers else ""


def _request(aim: Aim, kind: str) -> bytes:
    token = f"Authorization: Token {aim.manager}"
    match kind:
        case "import":
            return aim.head(f"GET /imports/{aim.import_id}", token)
        case "post":
            body = msgspec.json.encode({"citizens": [resident(1, 2), resident(2, 1)]})
            return aim.request("POST /imports", token, JSON, body=body)
    return aim.head(f"GET /health/{kind}")


async def deliver(aim: Aim) -> int:
    """Posts a delivery; its number. Raises Lost when it is not taken."""
    connection = await Connection.open(aim)
    try:
        connection.write(_request(aim, "post"))
        answer = await connection.answer(_PATIENCE_SECONDS)
    finally:
        connection.close()
    if answer.status != WELL["post"].status:
        raise Lost(str(answer.status))
    return int(json.loads(answer.body)["data"]["import_id"])


async def recovery(aim: Aim, expectations: Expectations, *, within: float) -> float | None:
    """Seconds until one round of probes is all well; None when it is not in time."""
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < within:
        if not any(sample.wrong for sample in await _once(aim, expectations)):
            return passed
        await asyncio.sleep(0.2)
    return None


async def _once(aim: Aim, expectations: Expectations) -> Iterable[Sample]:
    return await asyncio.gather(*(probe(aim, kind, wanted) for kind, wanted in expectations.items()))
