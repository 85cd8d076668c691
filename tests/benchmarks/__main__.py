"""`python -m tests.benchmarks [--size 10k|1m] [--rounds N] [--json FILE]`."""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

SIZES = {"10k": (10_000,), "1m": (10_000, 1_000_000)}
ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Prints the table; the exit code says whether every limit was kept."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--size", choices=sorted(SIZES), default="1m", help="the largest import (default: 1m)")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path, help="write the rows there too")
    arguments = parser.parse_args()
    os.environ["DATA_DIR"] = str(ROOT / ".data" / "bench")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
    os.environ["LOG_LEVEL"] = "ERROR"
    rows = run(sizes=SIZES[arguments.size], rounds=arguments.rounds)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2))
    return 0 if all(row["holds"] is not False for row in rows) else 1


def run(*, sizes: tuple[int, ...], rounds: int) -> list[dict[str, object]]:
    """Measures at each size and prints. The environment must be set before anything of Django is imported."""
    import django

    from config import env
    from config.embedded import ensure

    env.DATA_DIR.mkdir(parents=True, exist_ok=True)
    session = ensure(env.DATA_DIR, postgres=env.DATABASE_URL is None, redis=env.REDIS_URL is None)
    django.setup()

    from tests.benchmarks import demand, imports, questions, upload
    from tests.benchmarks.stage import set_stage
    from tests.benchmarks.timing import Row, table

    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, set_stage(Path(folder)) as stage:
        for citizens in sizes:
            rows += imports.measure(stage, citizens=citizens, rounds=rounds if citizens <= 10_000 else 3)
        rows += upload.measure(stage, rounds=rounds)
        rows += demand.measure(rounds=rounds)
        rows += questions.measure(stage, rounds=rounds)
    session.close()
    print(table(rows))
    return [{**asdict(row), "ratio": row.ratio, "holds": row.holds} for row in rows]


if __name__ == "__main__":
    sys.exit(main())
