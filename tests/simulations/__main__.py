"""Draws deliveries whose truth is known, and writes how intervals, rankings, effects, designs and discoveries do into
`docs/`.

make simulations                       # some ten minutes on two cores
make simulations ARGS="--deliveries 30"   # a look, which writes nothing
"""

import argparse
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from tests.simulations.coverage import GROUPINGS, WORLDS, Coverage, coverage
from tests.simulations.effects import EFFECTS, effect_coverage
from tests.simulations.power import CAMPAIGNS, CITIES, power
from tests.simulations.ranking import SCENARIOS, Ranked, ranking
from tests.simulations.turnover import LIFTED, LIFTED_COLUMNS, PAIRS, SAME, SAME_COLUMNS, row_of_lifted, row_of_same

DOCS, DECISIONS = Path("docs/statistics.md"), Path("docs/decisions.md")
SEED = 20_261_128
DELIVERIES = 300


def main() -> None:
    """Runs everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulations", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--deliveries", type=int, help=f"of each world, instead of {DELIVERIES}; nothing is written")
    asked = parser.parse_args().deliveries
    _told(report(asked or DELIVERIES, few=bool(asked)), DOCS, "figures", is_written=not asked)
    _told(report_of_changes(asked or PAIRS), DECISIONS, "changes", is_written=not asked)
    _told(report_of_effects(asked or DELIVERIES), DECISIONS, "effects", is_written=not asked)
    _told(report_of_designs(asked or CAMPAIGNS), DECISIONS, "designs", is_written=not asked)


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


def report_of_changes(pairs: int) -> Iterator[str]:
    """Yields the lines of both tables of what is found between two deliveries."""
    with ProcessPoolExecutor(max_workers=2) as pool:
        same = [pool.submit(row_of_same, name, pairs=pairs, seed=SEED) for name in SAME]
        lifted = [pool.submit(row_of_lifted, name, pairs=pairs, seed=SEED) for name in LIFTED]
        yield f"False discoveries at q < 0.1 over {pairs:,} pairs of deliveries (seed {SEED}), and held in brackets.\n"
        yield from _table(SAME_COLUMNS, (done.result() for done in same))
        yield f"\nCities of some 750 residents that changed, {pairs:,} pairs of deliveries.\n"
        yield from _table(LIFTED_COLUMNS, (done.result() for done in lifted))


def report_of_effects(deliveries: int) -> Iterator[str]:
    """Yields the lines of the table of how often intervals of effects hold the true ones."""
    with ProcessPoolExecutor(max_workers=2) as pool:
        covered = {name: pool.submit(_effects, name, deliveries) for name in EFFECTS}
        yield f"Coverage over {deliveries:,} deliveries of each world (seed {SEED}), and the median width in points.\n"
        rows = ([name, *map(_held, done.result().values())] for name, done in covered.items())
        yield from _table(["world", "city", "age", "channel", "gender"], rows)


def report_of_designs(campaigns: int) -> Iterator[str]:
    """Yields the lines of the table of how often a lift is found that can be."""
    with ProcessPoolExecutor(max_workers=2) as pool:
        found = {name: pool.submit(power, circles, campaigns=campaigns, seed=SEED) for name, circles in CITIES.items()}
        yield f"Of {campaigns:,} campaigns each (seed {SEED}).\n"
        rows = (
            [name, f"{one.lift:.2f}", f"{one.found:.3f}", f"{one.false:.3f}"]
            for name, one in ((name, done.result()) for name, done in found.items())
        )
        yield from _table(["world", "detectable lift", "found", "found where there is none"], rows)


def _told(lines: Iterable[str], document: Path, name: str, *, is_written: bool) -> None:
    """Prints the lines, and writes them into their place in a document."""
    begin, end = f"<!-- {name}: written by make simulations -->\n", f"<!-- end of the {name} -->\n"
    text = "\n".join(lines)
    print(text)
    if is_written:
        before, _, rest = document.read_text().partition(begin)
        document.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}")


def _effects(name: str, deliveries: int) -> dict[str, Coverage]:
    draw, true = EFFECTS[name]
    return effect_coverage(draw, true, deliveries=deliveries, seed=SEED)


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
