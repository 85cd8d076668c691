"""`python -m tests.benchmarks [--size 10k|1m|10m] [--rounds N] [--json FILE] [--docs]`."""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.embedded.session import Session

SIZES = {
    "10k": (1_000, 10_000),
    "1m": (1_000, 10_000, 100_000, 1_000_000),
    "10m": (1_000, 10_000, 100_000, 1_000_000, 10_000_000),
}
# At these everything is measured, at the others deliveries as a whole.
THOROUGH = {10_000, 1_000_000}
ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Prints the table; the exit code says whether every limit was kept."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--size", choices=sorted(SIZES), default="1m", help="the largest import (default: 1m)")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path, help="write the rows there too")
    parser.add_argument("--docs", action="store_true", help="write the table and the plot of sizes to docs/")
    parser.add_argument("--only-scaling", action="store_true", help="deliveries as a whole, nothing else")
    arguments = parser.parse_args()
    session = prepare()
    rows = run(SIZES[arguments.size], rounds=arguments.rounds, docs=arguments.docs, thorough=not arguments.only_scaling)
    session.close()
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2))
    return 0 if all(row["holds"] is not False for row in rows) else 1


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


def run(sizes: tuple[int, ...], *, rounds: int, docs: bool, thorough: bool) -> list[dict[str, object]]:
    """Measures at each size and prints."""
    from tests.benchmarks import demand, imports, questions, scaling, scaling_report, upload
    from tests.benchmarks.stage import set_stage
    from tests.benchmarks.timing import Row, table

    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, set_stage(Path(folder)) as stage:
        scales = [scaling.measure(stage, citizens=citizens, rounds=rounds) for citizens in sizes]
        rows += chain.from_iterable(scale.rows() for scale in scales)
        if thorough:
            for citizens in sorted({*sizes} & THOROUGH):
                rows += imports.measure(stage, citizens=citizens, rounds=rounds if citizens <= 10_000 else 3)
            rows += upload.measure(stage, rounds=rounds)
            rows += demand.measure(rounds=rounds)
            rows += questions.measure(stage, rounds=rounds)
    if docs:
        scaling_report.write(ROOT / "docs", scales)
    print(table(rows))
    return [{**asdict(row), "ratio": row.ratio, "holds": row.holds} for row in rows]


if __name__ == "__main__":
    sys.exit(main())
