"""Counts courses by both of their ends: who buys one, and whom it is for. Knows no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from analytics.arrays import Ints
from analytics.birth_months import MONTHS

_FAR = NormalDist().inv_cdf(0.975)
# Two numbers of groups in one of 64 bits.
_HALF = 32


def by_month(groups: Ints, months: Ints, *, count: int) -> Ints:
    """Counts courses by the number of their group and the month, 1 to 12: `count` rows of twelve."""
    code = groups * len(MONTHS) + months - 1
    return np.bincount(code, minlength=count * len(MONTHS)).reshape(count, len(MONTHS))


def squared(ends: Ints) -> int:
    """Sums up the squares of how many of the courses each resident among `ends` has."""
    return int((np.bincount(ends) ** 2).sum()) if len(ends) else 0


@dataclass(frozen=True, slots=True)
class Between:
    """Courses from group to group, only where there are any, a value of each column for each two groups.

    `squares`: of the courses that each buyer buys there, summed up; `products`: of these and all that the buyer buys.
    """

    buyer: Ints
    recipient: Ints
    courses: Ints
    squares: Ints
    products: Ints

    @property
    def columns(self) -> tuple[Ints, ...]:
        """All of them, in this order."""
        return self.buyer, self.recipient, self.courses, self.squares, self.products


def between(buyer: Ints, recipient: Ints, groups: Ints) -> Between:
    """Counts courses from the buyer's group to the recipient's; `groups`: of each resident."""
    count = int(groups.max(initial=0)) + 1
    bought = np.bincount(buyer, minlength=len(groups))
    of_buyer, courses = np.unique(buyer * count + groups[recipient], return_counts=True)
    who, to = of_buyer // count, of_buyer % count
    code, place = np.unique(groups[who] * count + to, return_inverse=True)
    sums = (_summed(place, values, len(code)) for values in (courses, courses**2, courses * bought[who]))
    return Between(code // count, code % count, *sums)


def added_up(parts: Sequence[Between]) -> Between:
    """Adds up what several deliveries have from group to group, in the order of the groups."""
    buyer, recipient, *sums = (
        np.concatenate(columns) for columns in zip(*(part.columns for part in parts), strict=True)
    )
    code, place = np.unique(buyer << _HALF | recipient, return_inverse=True)
    return Between(code >> _HALF, code & (1 << _HALF) - 1, *(_summed(place, values, len(code)) for values in sums))


def share_ends(*, courses: int, squares: int, products: int, of: int, of_squares: int) -> tuple[float, float]:
    """Gives the ends of the 95 % interval of the share that `courses` are of all that a group buys, `of`.

    The ratio's variance by its residuals, buyer by buyer, so that what one of them buys counts as one chance (W. G.
    Cochran, Sampling Techniques, 3rd ed., 1977, section 6.4). `of_squares`: of all that each of them buys, summed up.
    """
    share = courses / of
    residuals = max(squares - 2 * share * products + share**2 * of_squares, 0)
    far = _FAR * residuals**0.5 / of
    return max(share - far, 0.0), min(share + far, 1.0)


def _summed(place: Ints, values: Ints, count: int) -> Ints:
    # Doubles are exact to 2^53, far beyond any people.
    return np.bincount(place, weights=values, minlength=count).astype(np.int64)
