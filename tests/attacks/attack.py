"""What an attack is, and the process that carries it out: so many connections, so many seconds, then it is over."""

import asyncio
import resource
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe

from tests.attacks.wire import Aim, Answer, Connection, Lost

# An attacker who is turned away comes again after a moment, as he would.
_PAUSE_SECONDS = 0.1
_OPEN_FILES = 8192


@dataclass(slots=True)
class Tally:
    """What an attacker has done, and what came of it."""

    connections: int = 0
    requests: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    # Requests without an answer and connections that ended, by how.
    lost: Counter[str] = field(default_factory=Counter)
    # What an ordinary caller would have been surprised by.
    surprises: Counter[str] = field(default_factory=Counter)
    most_requests: int | None = None

    @property
    def is_full(self) -> bool:
        """Whether all the requests that were asked for are made."""
        return self.most_requests is not None and self.requests >= self.most_requests

    async def open(self, aim: Aim, *, window: int | None = None) -> Connection:
        """A connection, counted."""
        self.connections += 1
        return await Connection.open(aim, window=window)

    async def answer(self, connection: Connection, seconds: float = 4.0) -> Answer:
        """The next answer of `connection`, counted."""
        answer = await connection.answer(seconds)
        self.answers[answer.status] += 1
        return answer


# What one connection does once, from being opened; the number tells connections apart.
Act = Callable[[Aim, Tally, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Attack:
    """One kind of attack: what it does, and what may come of it."""

    name: str
    title: str
    act: Act
    # Answers that an attacker may get; another one breaks the promise.
    fair: frozenset[int]
    # Makes what it sends before the time begins to run.
    prepare: Callable[[], object] | None = None
    # At least so many connections, whatever the command line says.
    least_connections: int = 0
    # Callers who do nothing wrong: each request is answered, and as they expect.
    ordinary: bool = False
    # As many connections and, each 30 seconds, as many requests, however long they take.
    connections: int | None = None
    requests: int | None = None
    # What the product is started with for it.
    environment: tuple[tuple[str, str], ...] = ()
    # Whether PostgreSQL stands still meanwhile.
    freezes: bool = False


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of it."""

    connections: int
    seconds: float
    most_requests: int | None = None


def run(attack: Attack, aim: Aim, extent: Extent, pipe: Pipe) -> None:
    """Carries the attack out and sends its Tally: what a process of its own does."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(_OPEN_FILES, most), most))
    if attack.prepare is not None:
        attack.prepare()
    pipe.send(asyncio.run(carry_out(attack, aim, extent)))


async def carry_out(attack: Attack, aim: Aim, extent: Extent) -> Tally:
    """All connections at once until the time is over or enough requests are made."""
    tally = Tally(most_requests=extent.most_requests)
    try:
        async with asyncio.timeout(extent.seconds), asyncio.TaskGroup() as group:
            for number in range(extent.connections):
                group.create_task(_repeat(attack.act, aim, tally, number))
    except TimeoutError:
        pass
    return tally


async def _repeat(act: Act, aim: Aim, tally: Tally, number: int) -> None:
    while not tally.is_full:
        try:
            await act(aim, tally, number)
        except Lost as lost:
            tally.lost[str(lost)] += 1
            await asyncio.sleep(_PAUSE_SECONDS)
