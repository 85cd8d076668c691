"""The dimensions of a segment, the sets of them by which one may group, and the age groups. Knows no database."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from config.common.texts import gettext as _
from imports.dates import day_after_birth

# A set of dimensions is a number: the sum of their bits.
BITS = {"country": 1, "city": 2, "town": 4, "age_group": 8, "channel": 16, "gender": 32}
DIMENSIONS = tuple(BITS)
# From coarse to fine: a town lies in one city, a city in one country.
PLACES = ("country", "city", "town")


def grouping_of(keys: Iterable[str]) -> int:
    """Numbers a set of dimensions, closed upwards: who groups by town groups by its city and country too."""
    bits = sum({BITS[key] for key in keys if key in BITS})
    for coarse, fine in reversed(list(pairwise(PLACES))):
        if bits & BITS[fine]:
            bits |= BITS[coarse]
    return bits


# The sets that are closed, ascending, so that each comes after all sets within it.
GROUPINGS = tuple(sorted({grouping_of(key for key in BITS if bits & BITS[key]) for bits in range(1 << len(BITS))}))
# A segment is shown in a grouping when this bit of `published` is set.
BIT_OF = {grouping: bit for bit, grouping in enumerate(GROUPINGS)}


def first_age(label: str) -> int:
    """Gives the lowest age of an age group by its label; -1 for what is no age group, which so comes first."""
    age = label.rstrip("+").partition("-")[0]
    return int(age) if age.isdecimal() else -1


def place_of(key: str, label: str | None) -> tuple[bool, int, str]:
    """Says where a key's label stands among others: age groups by age, texts by code point, none after all of them."""
    return label is None, first_age(label or "") if key == "age_group" else 0, label or ""


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
            raise ValueError(_("Age groups begin at 0 and ascend."))
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
        return [day_after_birth(day, years) for years in reversed(self.bounds[1:])]
