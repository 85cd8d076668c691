"""The faults: what happens to a host, for how long, and what mends it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.several_hosts.installation import Installation

Act = Callable[[Installation], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One of them. `is_noticed`: callers must have noticed, or the load has not met it."""

    name: str
    strike: Act
    seconds: float
    mend: Act
    is_noticed: bool = False
    # What no caller waits for.
    afterwards: Act | None = None


def _cut(name: str) -> Act:
    return lambda product: product.hosts[name].cut()


def _join(name: str) -> Act:
    return lambda product: product.hosts[name].join()


def _kill(name: str) -> Act:
    return lambda product: product.hosts[name].kill()


def _start(name: str) -> Act:
    return lambda product: product.start_host(name)


def _turn_off(name: str) -> Act:
    return lambda product: product.hosts[name].turn_off()


def _turn_on(name: str) -> Act:
    def turn_on(product: Installation) -> None:
        product.hosts[name].join()
        product.start_host(name)

    return turn_on


def _of_the_primary(told: str, strike: Act) -> Fault:
    mend, afterwards = Installation.promote, Installation.replace_replica
    return Fault(f"the primary is {told}", strike, 5, mend, is_noticed=True, afterwards=afterwards)


FAULTS = (
    Fault("web-a is cut off", _cut("web-a"), 20, _join("web-a"), is_noticed=True),
    Fault("web-b is killed", _kill("web-b"), 10, _start("web-b")),
    Fault("web-a is turned off", _turn_off("web-a"), 60, _turn_on("web-a"), is_noticed=True),
    Fault("worker-a is cut off", _cut("worker-a"), 30, _join("worker-a")),
    Fault("worker-b is killed", _kill("worker-b"), 20, _start("worker-b")),
    Fault("the database is cut off", _cut("database"), 10, _join("database"), is_noticed=True),
    Fault("Redis is killed", _kill("redis"), 10, _start("redis")),
    _of_the_primary("killed", lambda product: product.primary.host.kill()),
    _of_the_primary("turned off", lambda product: product.primary.host.turn_off()),
)
