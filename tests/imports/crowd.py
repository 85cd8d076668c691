"""Many callers at the same moment, over real HTTP."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any

import httpx

from tests.server import Server

Act = Callable[[httpx.Client, random.Random], httpx.Response]
# A slow machine makes few in a moment.
_LEAST = 10


def crowd(server: Server, token: str, acts: Sequence[Act], *, seconds: float) -> Counter[int]:
    """Each act again and again by a thread of its own, from one moment on, for `seconds`, and ten times on any machine.
    Returns the statuses.

    The seed of the n-th act's random numbers is n.
    """
    statuses: Counter[int] = Counter()
    start = Barrier(len(acts), timeout=20)

    def run(number: int, act: Act) -> None:
        dice = random.Random(number)
        with server.client(token) as client:
            start.wait()
            end, made = time.monotonic() + seconds, 0
            while made < _LEAST or time.monotonic() < end:
                made += 1
                statuses[act(client, dice).status_code] += 1

    in_threads([(run, number, act) for number, act in enumerate(acts)])
    return statuses


def together(server: Server, token: str, acts: Sequence[Callable[[httpx.Client], httpx.Response]]) -> list[int]:
    """Each act once, all of them at one moment. Returns their statuses."""
    statuses = [0] * len(acts)
    start = Barrier(len(acts), timeout=20)

    def run(number: int, act: Callable[[httpx.Client], httpx.Response]) -> None:
        with server.client(token) as client:
            client.get("/health/live")  # the connection is open before the moment comes
            start.wait()
            statuses[number] = act(client).status_code

    in_threads([(run, number, act) for number, act in enumerate(acts)])
    return statuses


def in_threads(calls: Sequence[tuple[Any, ...]], *, seconds: float = 60) -> None:
    """Runs `(function, *arguments)` at the same time. What one of them raises is raised here."""
    errors: list[BaseException] = []

    def run(function: Callable[..., object], *arguments: Any) -> None:
        try:
            function(*arguments)
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    threads = [Thread(target=run, args=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    if errors:
        raise errors[0]
    assert [thread.name for thread in threads if thread.is_alive()] == []
