"""`python -m tests.benchmarks [--size 10k|1m|10m] [--only SECTION …] [--rounds N] [--json FILE] [--docs]`."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.timing import Report, Row

if TYPE_CHECKING:
    from config.embedded.session import Session
    from tests.benchmarks.stage import Stage

SIZES = {
    "10k": (1_000, 10_000),
    "1m": (1_000, 10_000, 100_000, 1_000_000),
    "10m": (1_000, 10_000, 100_000, 1_000_000, 10_000_000),
}
# At these everything is measured, at the others deliveries as a whole.
THOROUGH = {10_000, 1_000_000}
# How many imports are stored beside the one that is refreshed.
STORED = {"10k": (10, 100), "1m": (10, 100, 1_000), "10m": (10, 100, 1_000)}
SECTIONS = ("scaling", "imports", "tables", "upload", "demand", "questions", "requests")
# Only where it is asked for: it needs Java.
KAFKA = "kafka"
ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Prints each row when it is measured; the exit code says whether every limit was kept."""
    arguments = _parser().parse_args()
    report = Report(arguments.json)
    with closing(prepare()):
        for row in measure(arguments):
            report.add(row)
    return 1 if report.over(arguments.slack) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--size", choices=sorted(SIZES), default="1m", help="the largest import (default: 1m)")
    parser.add_argument(
        "--only", nargs="+", choices=(*SECTIONS, KAFKA), default=SECTIONS, help="these sections, nothing else"
    )
    parser.add_argument(
        "--rounds", type=int, default=9, help="how often a pair is measured (default: 9); others follow"
    )
    parser.add_argument("--slack", type=float, default=1, help="fail beyond that many times a limit (default: 1)")
    parser.add_argument("--json", type=Path, help="write the rows there too")
    parser.add_argument("--docs", action="store_true", help="write the table and the plot of sizes to docs/")
    parser.add_argument(
        "--against", type=Path, help="another checkout: its server answers the section requests in turn"
    )
    return parser


def prepare() -> "Session":
    """Starts services of the bench's own and sets Django up. Nothing of Django may be imported before."""
    os.environ["DATA_DIR"] = str(ROOT / ".data" / "bench")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
    os.environ["LOG_LEVEL"] = "ERROR"
    import django

    from config import env
    from config.embedded import ensure

    env.DATA_DIR.mkdir(parents=True, exist_ok=True)
    session = ensure(env.DATA_DIR, postgres=env.DATABASE_URL is None, redis=env.REDIS_URL is None)
    django.setup()
    return session


def measure(arguments: argparse.Namespace) -> Iterator[Row]:
    """The rows of the sections that were asked for, each as soon as it is there."""
    from tests.benchmarks import demand, imports, questions, requests, tables, upload
    from tests.benchmarks.stage import set_stage

    sizes, rounds = SIZES[arguments.size], arguments.rounds
    thorough = sorted({*sizes} & THOROUGH)
    with tempfile.TemporaryDirectory() as folder, set_stage(Path(folder)) as stage:
        # Generators: none begins before its turn.
        sections = {
            "scaling": _scaling(stage, sizes, rounds=rounds, docs=arguments.docs),
            "imports": chain.from_iterable(
                imports.measure(stage, citizens=citizens, rounds=rounds if citizens <= 10_000 else min(rounds, 3))
                for citizens in thorough
            ),
            "tables": tables.measure(stage, citizens=thorough[-1], rounds=rounds if thorough[-1] <= 10_000 else 1),
            "upload": upload.measure(stage, rounds=rounds),
            "demand": demand.measure(stored=STORED[arguments.size], rounds=rounds * 3, largest=thorough[-1]),
            "questions": questions.measure(stage, rounds=rounds),
            "requests": requests.measure(stage, citizens=thorough[-1], rounds=rounds, against=arguments.against),
        }
        if KAFKA in arguments.only:
            from tests.benchmarks import kafka

            sections[KAFKA] = kafka.measure(stage, sizes=(10_000, sizes[-1]) if sizes[-1] > 10_000 else (10_000,))
        for section in (*SECTIONS, KAFKA):
            if section in arguments.only:
                yield from sections[section]


def _scaling(stage: "Stage", sizes: tuple[int, ...], *, rounds: int, docs: bool) -> Iterator[Row]:
    from tests.benchmarks import scaling, scaling_report

    scales = []
    for citizens in sizes:
        scales.append((yield from scaling.measure(stage, citizens=citizens, rounds=rounds)))  # noqa: PERF401 - it yields
    if docs:
        scaling_report.write(ROOT / "docs", scales)


if __name__ == "__main__":
    sys.exit(main())
