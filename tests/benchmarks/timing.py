"""Pairs, medians, ratios."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

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
    def holds(self) -> bool | None:
        """Whether the limit is kept; None without one."""
        if self.limit is None:
            return None
        return (self.ratio if self.ratio is not None else self.ours) <= self.limit


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


def table(rows: list[Row]) -> str:
    """The rows as text."""
    lines = [f"{'':<58}{'ours ms':>10}{'theirs ms':>11}{'ratio':>8}{'limit':>8}"]
    for row in rows:
        theirs = f"{row.theirs:.1f}" if row.theirs is not None else ""
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        limit = f"{row.limit:g}" if row.limit is not None else ""
        verdict = {True: "", False: "  OVER", None: ""}[row.holds]
        note = f"  {row.note}" if row.note else ""
        lines.append(f"{row.name:<58}{row.ours:>10.1f}{theirs:>11}{ratio:>8}{limit:>8}{verdict}{note}")
    return "\n".join(lines)
