"""The dimensions of a segment, the sets of them by which one may group, and the age groups. Knows no database."""

from collections.abc import Iterable
from datetime import date, timedelta

# A set of dimensions is a number: the sum of their bits.
BITS = {"town": 1, "age_group": 2, "channel": 4, "gender": 8}
DIMENSIONS = tuple(BITS)
GROUPINGS = range(16)


def grouping_of(keys: Iterable[str]) -> int:
    """Numbers a set of dimensions, 0 to 15. A segment is shown in that grouping when this bit of `published` is set."""
    return sum({BITS[key] for key in keys if key in BITS})


def first_age(label: str) -> int:
    """Gives the lowest age of an age group by its label; -1 for what is no age group, which so comes first."""
    age = label.rstrip("+").partition("-")[0]
    return int(age) if age.isdecimal() else -1


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

    def births(self, day: date) -> list[date]:
        """Ascending dates: as many of them as are not after a birth date, so many groups before the last is its group.

        Ages are full years on `day`, as PostgreSQL's `age` has them: who was born on 29 February is a year older on
        1 March where there is no such day. Who was born after `day` is in the first group.
        """
        return [_day_after_birth(day, years) for years in reversed(self.bounds[1:])]


def _day_after_birth(day: date, years: int) -> date:
    """The first date of birth with which one is not yet `years` old on `day`."""
    if day.year - years < date.min.year:
        return date.min
    try:
        born = day.replace(year=day.year - years)
    except ValueError:
        born = date(day.year - years, 2, 28)
    return born + timedelta(days=1)
