"""From figures to lengths, sizes and shades."""

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

# An index of 100 is the average. Between these bounds lie five shades; the middle one is "about average".
INDEX_BOUNDS = (60, 85, 115, 160)
SHADES = len(INDEX_BOUNDS) + 1


@dataclass(frozen=True, slots=True)
class Scale:
    """From 0 to `high`, with round ticks."""

    high: float
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Where `value` lies, in percent of the length; beyond the ends it stops at them."""
        return min(max(value / self.high, 0), 1) * 100


def scale_to(highest: float, *, ticks: int = 4) -> Scale:
    """A scale from 0 that holds `highest`, with about `ticks` steps of 1, 2 or 5 times a power of ten."""
    highest = highest if math.isfinite(highest) and highest > 0 else 1
    raw = highest / ticks
    power = 10 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999999)
    count = math.ceil(highest / step - 1e-9)
    return Scale(step * count, tuple(step * number for number in range(count + 1)))


def area_radius(value: float, highest: float, *, smallest: float, largest: float) -> float:
    """The radius of a circle whose area grows with `value`: areas are what the eye compares."""
    share = min(max(value / highest, 0), 1) if highest > 0 else 0
    return smallest + (largest - smallest) * math.sqrt(share)


def index_shade(index: float | None) -> int:
    """1 (far below average) to 5 (far above); 0 where there is no index."""
    return 0 if index is None else bisect_right(INDEX_BOUNDS, index) + 1


def count_shade(value: float, highest: float) -> int:
    """1 (few) to 5 (as many as `highest`), by the square root, since a few large towns would leave the rest pale."""
    if value <= 0 or highest <= 0:
        return 0
    return min(SHADES, 1 + int(math.sqrt(value / highest) * SHADES))


def spread(length: int, most: int) -> list[int]:
    """At most `most` positions out of `length`, evenly, the first and the last among them: labels do not collide."""
    if length <= most:
        return list(range(length))
    return sorted({round(number * (length - 1) / (most - 1)) for number in range(most)})


def highest_of(values: Iterable[float]) -> float:
    """The largest, or 0 where there is none."""
    return max(values, default=0)
