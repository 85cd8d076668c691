"""How long single requests take: over one connection that is kept open, and over 16 at once.

With the server of another checkout beside it both answer in turn, on one database: before and after in one run.
"""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.benchmarks import parts
from tests.benchmarks.client import Client
from tests.benchmarks.imports import filled
from tests.benchmarks.stage import Stage, other_server
from tests.benchmarks.timing import Row, milliseconds

# How many connections there are at once, and how many requests each sends in a row.
_CALLERS = {1: 100, 16: 20}
_PERCENTILES = (50, 99)
# Streams of more are few.
_SMALL = 10_000
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _Kind:
    """A request that is always the same; `is_stream` where one of them is work enough."""

    name: str
    ask: Callable[[Client], object]
    is_stream: bool = False


def measure(stage: Stage, *, citizens: int, rounds: int, against: Path | None) -> Iterator[Row]:
    """The median and the 99th percentile of each kind, of ours and, in turn with it, of the server of `against`."""
    import_id = filled(citizens)
    yield from parts.measure(import_id=import_id, token=stage.token, rounds=rounds)
    kinds = _kinds(import_id, citizens)
    few = rounds if citizens <= _SMALL else min(rounds, 3)
    with ExitStack() as running:
        urls = [stage.server.url, *([running.enter_context(other_server(against))] if against else [])]
        for kind in kinds:
            for callers in _CALLERS:
                found = _in_turn(stage, urls, kind, callers, rounds=few if kind.is_stream else rounds)
                for percentile in _PERCENTILES:
                    ours, *theirs = (float(np.percentile(times, percentile)) for times in found)
                    name = f"{kind.name}, {callers} at once, p{percentile}"
                    yield Row(name, ours, theirs[0] if theirs else None, note=f"of {len(found[0]):,}")


def _in_turn(stage: Stage, urls: Sequence[str], kind: _Kind, callers: int, *, rounds: int) -> list[list[float]]:
    """Milliseconds of each request at each of the servers."""
    found: list[list[float]] = [[] for _ in urls]
    for _ in range(rounds):
        for url, times in zip(urls, found, strict=True):
            clients = [Client(url, stage.token) for _ in range(callers)]
            times += _batch(kind, clients, requests=_CALLERS[callers])
    return found


def _kinds(import_id: int, citizens: int) -> Sequence[_Kind]:
    url, numbers = f"/imports/{import_id}", itertools.count(1)

    def patch(client: Client) -> object:
        number = next(numbers)
        return client.expect(200, "PATCH", f"{url}/citizens/{number * 7 % citizens}", {"apartment": number})

    return (
        _Kind("GET /health/live", lambda client: client.expect(200, "GET", "/health/live")),
        _Kind("GET /imports/{id}", lambda client: client.expect(200, "GET", url)),
        _Kind("PATCH a resident", patch),
        _Kind(f"GET {citizens:,} residents", lambda client: client.drain(f"{url}/citizens"), is_stream=True),
    )


def _batch(kind: _Kind, clients: Sequence[Client], *, requests: int) -> list[float]:
    """Milliseconds of each request; all clients are connected before the first and begin together."""
    ready = threading.Barrier(len(clients))

    def call(client: Client) -> list[float]:
        with closing(client):
            if kind.is_stream:
                return [milliseconds(lambda: kind.ask(client))]
            # The first one has a connection made, behind a front as well.
            kind.ask(client)
            ready.wait(_START_SECONDS)
            return [milliseconds(lambda: kind.ask(client)) for _ in range(requests)]

    with ThreadPoolExecutor(len(clients)) as pool:
        return [time for times in pool.map(call, clients) for time in times]
