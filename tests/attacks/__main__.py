"""`python -m tests.attacks`: attackers against the product, one after the other, and an honest caller beside each.

Prints a line as each ends. The exit code is 1 when a promise was broken: a probe of the honest caller was not answered
as it should be within 2 s, the product was not well afterwards, or it holds more memory than before.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from config.embedded.front import free_port
from tests.attacks import probe, report, target
from tests.attacks.attack import Attack, Extent
from tests.attacks.catalogue import ATTACKS, BY_NAME
from tests.attacks.encounter import CALLER, meet
from tests.attacks.target import Target
from tests.attacks.wire import Aim

PAGE = target.ROOT / "docs" / "operations.md"
_PROMISED_SECONDS = 30
# However long it takes to ask all the questions.
_COUNTED_SECONDS = 1200.0


def main() -> int:
    """The exit code."""
    arguments = _arguments()
    # What was started is taken down after a SIGTERM as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    encounters = []
    with _target(arguments) as aimed:
        aimed.aim = replace(aimed.aim, import_id=asyncio.run(probe.deliver(replace(aimed.aim, source=CALLER))))
        for attack in _chosen(arguments.only, aimed):
            encounter = meet(aimed, attack, _extent(attack, arguments.seconds, arguments.connections), arguments.slack)
            encounters.append(encounter)
            print(report.line(encounter), flush=True)
            # The next attack meets a product that lives.
            aimed.is_dead = encounter.recovered is None
    if arguments.markdown:
        report.write(PAGE, arguments.target, encounters, seconds=arguments.seconds)
    return 1 if any(encounter.broken() for encounter in encounters) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make test-attacks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=_PROMISED_SECONDS, help="of each attack (default: 30)")
    parser.add_argument("--connections", type=int, default=64, help="of each attacker (default: 64)")
    parser.add_argument("--slack", type=float, default=1, help="so many times as late, as large (default: 1)")
    parser.add_argument("--only", action="append", choices=sorted(BY_NAME), help="this attack; may be repeated")
    parser.add_argument("--target", choices=("run", "production"), default="run", help="what is started and attacked")
    parser.add_argument("--url", help="attack what runs there, on this machine's loopback, and start nothing")
    parser.add_argument("--token", help="of a Manager there")
    parser.add_argument("--viewer", help="token of a Viewer there")
    parser.add_argument("--markdown", action="store_true", help="write the table into docs/operations.md")
    arguments = parser.parse_args()
    if arguments.url and not (arguments.token and arguments.viewer):
        parser.error("--url needs --token and --viewer.")
    return arguments


@contextmanager
def _target(arguments: argparse.Namespace) -> Iterator[Target]:
    if arguments.url:
        yield Target(Aim(arguments.url.rstrip("/"), arguments.token, arguments.viewer))
        return
    start = target.run if arguments.target == "run" else target.production
    with start(free_port()) as started:
        yield started


def _chosen(names: list[str] | None, aimed: Target) -> list[Attack]:
    """Those that are named, or all; what asks for a product of one's own only against one."""
    wanted = [attack for attack in ATTACKS if names is None or attack.name in names]
    return [attack for attack in wanted if aimed.is_own() or not (attack.freezes or attack.environment)]


def _extent(attack: Attack, seconds: float, connections: int) -> Extent:
    if attack.requests is not None:
        most = round(attack.requests * seconds / _PROMISED_SECONDS)
        return Extent(attack.connections or connections, _COUNTED_SECONDS, most)
    return Extent(max(attack.connections or connections, attack.least_connections), seconds)


if __name__ == "__main__":
    sys.exit(main())
