"""The table of what faults did, in Markdown."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.several_hosts.load import Load

_HEAD = (
    "| fault | mended after | asked in vain | longest wait | all answered, after mending | backlog worked off "
    "| deliveries, corrections, reads |"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One fault: seconds, and numbers of requests."""

    fault: str
    lasted: float
    in_vain: int
    longest: float
    answered_after: float
    worked_off_after: float
    requests: tuple[int, int, int]


def row(fault: str, load: Load, *, struck: float, mended: float, worked_off: float) -> Row:
    """What callers noticed of it."""
    disturbed = load.disturbed(struck)
    kinds = [one.kind for one in load.answered]
    return Row(
        fault,
        lasted=mended - struck,
        in_vain=sum(one.in_vain for one in disturbed),
        longest=max((one.ended - one.begun for one in load.answered if one.ended >= struck), default=0),
        answered_after=max([0.0, *(one.ended - mended for one in disturbed)]),
        worked_off_after=max(0.0, worked_off - mended),
        requests=(kinds.count("delivery"), kinds.count("correction"), kinds.count("read")),
    )


def table(rows: list[Row]) -> Iterator[str]:
    """Its lines."""
    if rows:
        yield from ("", _HEAD, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for each in rows:
        requests = ", ".join(map(str, each.requests))
        yield (
            f"| {each.fault} | {each.lasted:.0f} s | {each.in_vain} | {each.longest:.0f} s "
            f"| {each.answered_after:.0f} s | {each.worked_off_after:.0f} s | {requests} |"
        )
