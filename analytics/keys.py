"""The keys of a segment, the sets of them by which one may group, and the age groups. Knows no database."""

from collections.abc import Iterable

# A set of keys is a number: the sum of their bits.
BITS = {"town": 1, "age_group": 2, "channel": 4, "gender": 8}
KEYS = tuple(BITS)
GROUPINGS = range(16)


def grouping_of(keys: Iterable[str]) -> int:
    """The number of a set of keys, 0 to 15. A segment is shown in that grouping when this bit of `published` is set."""
    return sum({BITS[key] for key in keys if key in BITS})


class AgeGroups:
    """Ages cut into groups by their lower bounds: `0-17`, `18-24`, …, `65+`."""

    def __init__(self, bounds: Iterable[int]) -> None:
        """`bounds`: the first age of each group in full years, ascending from 0. Raises `ValueError`."""
        self.bounds = tuple(bounds)
        if (
            not self.bounds
            or self.bounds[0] != 0
            or any(a >= b for a, b in zip(self.bounds, self.bounds[1:], strict=False))
        ):
            raise ValueError("Age groups begin at 0 and ascend.")
        last = f"{self.bounds[-1]}+"
        pairs = zip(self.bounds, self.bounds[1:], strict=False)
        self.labels = (*(f"{low}-{high - 1}" if high - low > 1 else str(low) for low, high in pairs), last)

    def __str__(self) -> str:
        return ",".join(map(str, self.bounds))
