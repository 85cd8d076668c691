"""Draws deliveries whose truth is known, and writes how intervals and rankings do into `docs/statistics.md`.

make simulations                       # some ten minutes on two cores
make simulations ARGS="--deliveries 30"   # a look, which writes nothing
"""

import argparse
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from tests.simulations.coverage import GROUPINGS, WORLDS, Coverage, coverage
from tests.simulations.ranking import SCENARIOS, Ranked, ranking

DOCS = Path("docs/statistics.md")
SEED = 20_261_128
DELIVERIES = 300
_BEGIN, _END = "<!-- figures: written by make simulations -->\n", "<!-- end of the figures -->\n"


def main() -> None:
    """Runs everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulations", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--deliveries", type=int, help=f"of each world, instead of {DELIVERIES}; nothing is written")
    asked = parser.parse_args().deliveries
    text = "\n".join(report(asked or DELIVERIES, few=bool(asked)))
    print(text)
    if not asked:
        before, _, rest = DOCS.read_text().partition(_BEGIN)
        DOCS.write_text(f"{before}{_BEGIN}\n{text}\n{_END}{rest.partition(_END)[2]}")


def report(deliveries: int, *, few: bool) -> Iterator[str]:
    """Yields the lines of both tables; of few deliveries the truth is not known well."""
    with ProcessPoolExecutor(max_workers=2) as pool:
        ranked = {name: pool.submit(_ranking, name, deliveries if few else 0) for name in SCENARIOS}
        covered = {name: pool.submit(_coverage, name, deliveries) for name in WORLDS}
        yield f"Coverage over {deliveries:,} deliveries of each world (seed {SEED}), and the median width in points.\n"
        yield from _table(
            ["world", *GROUPINGS], ([name, *map(_held, done.result().values())] for name, done in covered.items())
        )
        yield f"\nThe first segments by city, age group and channel, seed {SEED}.\n"
        columns = ["scenario", "order", "of 20", "of 5", "first five", "against Poisson's", "all lower ends hold"]
        yield from _table(columns, (row for name, done in ranked.items() for row in _rows(name, *done.result())))


def _coverage(name: str, deliveries: int) -> dict[str, Coverage]:
    return coverage(WORLDS[name], deliveries=deliveries, seed=SEED)


def _ranking(name: str, deliveries: int) -> tuple[dict[str, Ranked], float]:
    scenario = SCENARIOS[name]
    few = replace(scenario, deliveries=min(deliveries, 10), truth=deliveries) if deliveries else scenario
    return ranking(few, seed=SEED)


def _held(found: Coverage) -> str:
    return f"{found.held:.3f} ({100 * found.width:.0f})"


def _rows(scenario: str, orders: dict[str, Ranked], missed: float) -> Iterator[list[str]]:
    for name, found in orders.items():
        gain = f"{found.gain:+.0f} ± {found.error:.0f}"
        yield [
            scenario,
            name,
            f"{found.of_20:.2f}",
            f"{found.of_5:.2f}",
            f"{found.first_five:.0f}",
            gain,
            f"{1 - missed:.2f}",
        ]


def _table(columns: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"| --- |{' ---: |' * (len(columns) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    main()
