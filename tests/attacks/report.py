"""What people read: a line an encounter, and the table in docs/operations.md."""

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.attacks.attack import Tally
from tests.attacks.catalogue import ATTACKS
from tests.attacks.encounter import Encounter
from tests.attacks.probe import Sample

KINDS = {"live": "`/health/live`", "ready": "`/health/ready`", "import": "a delivery read", "post": "posted"}
_HEADER = [
    "attack",
    "requests (connections)",
    "what became of them",
    *KINDS.values(),
    "failed probes",
    "MiB before → after (→ once more)",
    "",
]
_RIGHT = {"requests (connections)", *KINDS.values(), "failed probes", "MiB before → after (→ once more)"}


def line(encounter: Encounter) -> str:
    """For a terminal: what the attacker did, what the caller noticed, what was broken."""
    title, requests, became, *times, failed, memory = _cells(encounter)
    noticed = "; ".join(f"{kind} {cell}" for kind, cell in zip(KINDS, times, strict=True))
    lines = [
        f"{encounter.attack.name}: {title}, {requests}: {became}",
        f"{noticed}; failed {failed}; {memory} MiB",
        *(f"✗ {words}" for words in encounter.broken()),
    ]
    return "\n    ".join(lines)


def write(page: Path, target: str, encounters: Sequence[Encounter], *, seconds: float) -> None:
    """Replaces the rows of these attacks in the table of this target. What people wrote around it stays."""
    begin, end = (
        f"<!-- attacks on {target}: written by make test-attacks -->",
        f"<!-- end of the attacks on {target} -->",
    )
    before, found, rest = page.read_text().partition(begin)
    if not found or end not in rest:
        raise ValueError(f"{page} has no place for the attacks on {target}.")
    rules = ["---:" if name in _RIGHT else "---" for name in _HEADER]
    measured = {each.attack.title: _row([*_cells(each), _verdict(each)]) for each in encounters}
    known = _rows(rest.partition(end)[0]) | measured
    ordered = [known[attack.title] for attack in ATTACKS if attack.title in known]
    table = "\n".join([_row(_HEADER), _row(rules), *ordered])
    when = f"Measured on {datetime.now(UTC):%Y-%m-%d} on {target}, {seconds:.0f} seconds each, {os.cpu_count()} cores."
    page.write_text(f"{before}{begin}\n\n{when}\n\n{table}\n\n{end}{rest.partition(end)[2]}")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rows(table: str) -> dict[str, str]:
    """The rows of a table that stands in the page, by their first cell."""
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines}


def _cells(encounter: Encounter) -> list[str]:
    samples = encounter.samples or ()
    failed = sum(bool(sample.wrong) for sample in samples)
    return [
        encounter.attack.title,
        *_done(encounter.tally),
        *(_times(samples, kind) for kind in KINDS),
        f"{failed} of {len(samples)}",
        " → ".join(f"{sum(memory.values()):,.0f}" for memory in encounter.held) or "?",
    ]


def _done(tally: Tally | None) -> tuple[str, str]:
    if tally is None:
        return "?", "?"
    answers = [f"{status} ×{count:,}" for status, count in sorted(tally.answers.items())]
    lost = [f"{how} ×{count:,}" for how, count in sorted(tally.lost.items())]
    return f"{tally.requests:,} ({tally.connections:,})", ", ".join(answers + lost)


def _times(samples: Iterable[Sample], kind: str) -> str:
    seconds = sorted(sample.seconds for sample in samples if sample.kind == kind)
    if not seconds:
        return "–"
    median, late = (seconds[min(len(seconds) * share // 100, len(seconds) - 1)] for share in (50, 99))
    return " / ".join(f"{moment * 1000:.0f}" for moment in (median, late, seconds[-1])) + " ms"


def _verdict(encounter: Encounter) -> str:
    return "**broken**" if encounter.broken() else "holds"
