"""Pairs, medians, ratios, and how they are reported."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result: milliseconds at the median, and their ratio where there are two.

    `limit` is what the ratio (or, without `theirs`, the milliseconds) may be at most.
    """

    name: str
    ours: float
    theirs: float | None = None
    limit: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours in units of theirs."""
        return self.ours / self.theirs if self.theirs else None

    @property
    def judged(self) -> float:
        """What the limit is for."""
        return self.ratio if self.ratio is not None else self.ours

    @property
    def holds(self) -> bool | None:
        """Whether the limit is kept; None without one."""
        return None if self.limit is None else self.judged <= self.limit


def milliseconds(work: Work) -> float:
    """How long `work` takes once."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def median_of(work: Work, *, rounds: int) -> float:
    """The median of `rounds`, after one that does not count."""
    work()
    return statistics.median(milliseconds(work) for _ in range(rounds))


def medians_of_pair(ours: Work, theirs: Work, *, rounds: int) -> tuple[float, float]:
    """The medians of both, measured in turn, after one of each that does not count."""
    ours(), theirs()
    pairs = [(milliseconds(ours), milliseconds(theirs)) for _ in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


class Report:
    """Prints each row when it is measured, and writes it to `file`: whatever crashes later, it is not lost."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._rows: list[Row] = []
        print(f"{'':<58}{'ours ms':>10}{'theirs ms':>11}{'ratio':>8}{'limit':>8}", flush=True)

    def add(self, row: Row) -> None:
        """Prints and writes it."""
        self._rows.append(row)
        print(_line(row), flush=True)
        if self._file is not None:
            rows = [{**asdict(row), "ratio": row.ratio, "holds": row.holds} for row in self._rows]
            # The file is whole at every moment.
            written = self._file.with_name(f"{self._file.name}.part")
            written.write_text(json.dumps(rows, indent=2))
            written.replace(self._file)

    def over(self, slack: float = 1) -> list[Row]:
        """The rows that are over `slack` times their limits."""
        return [row for row in self._rows if row.limit is not None and row.judged > slack * row.limit]


def _line(row: Row) -> str:
    theirs = f"{row.theirs:.1f}" if row.theirs is not None else ""
    ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
    limit = f"{row.limit:g}" if row.limit is not None else ""
    verdict = "  OVER" if row.holds is False else ""
    note = f"  {row.note}" if row.note else ""
    return f"{row.name:<58}{row.ours:>10.1f}{theirs:>11}{ratio:>8}{limit:>8}{verdict}{note}"
