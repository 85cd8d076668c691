"""One attack on a target with the honest caller beside it, each in a process of its own; what came of it."""

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection as Pipe
from typing import Any

from tests.attacks import attack, probe
from tests.attacks.attack import Attack, Extent, Tally
from tests.attacks.catalogue import BY_NAME
from tests.attacks.probe import Expectations, Sample
from tests.attacks.target import Memory, Target
from tests.attacks.wire import Aim

# Limits by address must not make the attacker's address the caller's.
ATTACKER, CALLER = "127.0.0.9", "127.0.0.2"
# Beyond the time that it was given, and until the product is well again.
_GRACE_SECONDS = 20.0
_RECOVERY_SECONDS = 10.0
# How much more than before it may hold at the end.
_GROWTH_MIB, _GROWTH_SHARE = 48.0, 0.1
# What opens each thread's session and fills caches is no growth.
_WARM_UP = Extent(connections=64, seconds=5.0)
_WARM_UP_ROUNDS = 6
_CONTEXT = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Encounter:
    """What an attack did and what the caller noticed; what the product held before, after, and after another round.

    Memory is empty where it is unknown; it may grow `slack` times as much.
    """

    attack: Attack
    expectations: Expectations
    tally: Tally | None
    samples: Sequence[Sample] | None
    recovered: float | None
    held: Sequence[Memory] = ()
    slack: float = 1.0

    def broken(self) -> list[str]:
        """The promises that were not kept, in words."""
        return [*self._of_caller(), *self._of_attacker(), *self._of_product()]

    def _of_caller(self) -> list[str]:
        if self.samples is None:
            return ["the caller's process told nothing"]
        wrong = Counter(f"{sample.kind} {sample.wrong}" for sample in self.samples if sample.wrong)
        asked = {sample.kind for sample in self.samples}
        never = [f"{kind} was never asked for" for kind in self.expectations if kind not in asked]
        return [*never, *(f"{words} ×{count}" for words, count in sorted(wrong.items()))]

    def _of_attacker(self) -> list[str]:
        if self.tally is None:
            return ["the attacker's process told nothing"]
        unfair = [
            (f"answered {status}", n) for status, n in self.tally.answers.items() if status not in self.attack.fair
        ]
        surprises = [*self.tally.surprises.items()] if self.attack.ordinary else []
        idle = [] if self.tally.connections else ["the attacker did nothing"]
        most = self.tally.most_requests
        slow = [] if most is None or self.tally.is_full else [f"only {self.tally.requests:,} of {most:,} requests"]
        return [*idle, *slow, *(f"{words} ×{count}" for words, count in sorted(unfair + surprises))]

    def _of_product(self) -> list[str]:
        broken = [f"not well {_RECOVERY_SECONDS:.0f} s after"] if self.recovered is None else []
        return (
            [*broken, f"{self._growth():.0f} MiB more than before: {_growth(*self.held[-2:])}"]
            if self.grew()
            else broken
        )

    def grew(self) -> bool:
        """Tells whether the last round left more than fills caches, and parts of the heap that stay in use."""
        return len(self.held) > 1 and self._growth() > self.slack * max(
            _GROWTH_MIB, _sum(self.held[-2]) * _GROWTH_SHARE
        )

    def _growth(self) -> float:
        return _sum(self.held[-1]) - _sum(self.held[-2])


def _sum(memory: Memory) -> float:
    return sum(memory.values())


def _growth(before: Memory, after: Memory) -> str:
    grown = {name: held - before.get(name, 0.0) for name, held in after.items()}
    named = (name for name in sorted(grown, key=lambda name: -grown[name]) if abs(grown[name]) >= 1)
    return ", ".join(f"{name} {grown[name]:+.0f}" for name in named)


def meet(target: Target, chosen: Attack, extent: Extent, slack: float = 1.0) -> Encounter:
    """Lets the attack happen, waits until it is over, looks at the product again.

    Where the product holds more than before, the attack happens once more: what it leaves at each round is a leak,
    what a first round leaves fills caches.
    """
    target.configure(dict(chosen.environment))
    if target.is_cold:
        _warm_up(target)
    first = _meet_once(target, chosen, extent, slack)
    if not first.grew() or first.recovered is None:
        return first
    second = _meet_once(target, chosen, extent, slack)
    samples = None if second.samples is None else [*(first.samples or ()), *second.samples]
    return replace(second, tally=first.tally, samples=samples, held=[*first.held, *second.held[1:]])


def _meet_once(target: Target, chosen: Attack, extent: Extent, slack: float) -> Encounter:
    aim = target.aim
    expectations = {kind: replace(one, within=one.within * slack) for kind, one in expected(chosen).items()}
    before = target.memory()
    with target.frozen() if chosen.freezes else nullcontext():
        tally, samples = _side_by_side(chosen, aim, expectations, extent)
    calm = probe.WELL if chosen.freezes else expectations
    recovered = asyncio.run(probe.recovery(replace(aim, source=CALLER), calm, within=_RECOVERY_SECONDS))
    time.sleep(min(10.0, extent.seconds))
    after = target.memory() if recovered is not None else None
    held = [memory for memory in (before, after) if memory is not None]
    return Encounter(chosen, expectations, tally, samples, recovered, held, slack)


def _warm_up(target: Target) -> None:
    """Work until what it holds hardly grows any more."""
    held = 0.0
    for _ in range(_WARM_UP_ROUNDS):
        _side_by_side(BY_NAME["kept"], target.aim, probe.WELL, _WARM_UP)
        held, former = sum((target.memory() or {}).values()), held
        if held < former * (1 + _GROWTH_SHARE / 2):
            break
    target.is_cold = False


def expected(chosen: Attack) -> Expectations:
    """What the caller must get during this attack."""
    if chosen.freezes:
        return probe.FROZEN
    return probe.FULL if chosen.environment else probe.WELL


def _side_by_side(
    chosen: Attack, aim: Aim, expectations: Expectations, extent: Extent
) -> tuple[Tally | None, list[Sample] | None]:
    stop = _CONTEXT.Event()
    caller = _Process(probe.run, replace(aim, source=CALLER), expectations, stop)
    attacker = _Process(attack.run, chosen, replace(aim, source=ATTACKER), extent)
    tally: Tally | None = attacker.result(extent.seconds + _GRACE_SECONDS)
    stop.set()
    return tally, caller.result(_GRACE_SECONDS)


@dataclass(slots=True)
class _Process:
    """A function in a process of its own, which sends one result."""

    process: Any = field(init=False)
    pipe: Pipe = field(init=False)

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.pipe, theirs = _CONTEXT.Pipe(duplex=False)
        self.process = _CONTEXT.Process(target=function, args=(*arguments, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def result(self, within: float) -> Any:
        """What it sent; None when it failed or is too late, and it is ended then."""
        try:
            return self.pipe.recv() if self.pipe.poll(within) else None
        except EOFError:
            return None
        finally:
            self.process.kill()
            self.process.join()
            self.pipe.close()
