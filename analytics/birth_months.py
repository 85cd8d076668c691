"""Months of birth: which of them stand out, and what those see of them who may not see residents. Knows no database.

A course is bought for a birthday, so a month's courses belong to the residents who were born in it. One resident's
courses are all of one month, which is therefore as uncertain as the sum of the squares of what each of them is bought,
and not as that of so many events.

Others see two margins, the courses of each group as demand shows them and one distribution over the months, and the
table that has both if group and month have nothing to do with each other. The distribution is made of months that are
drawn (`analytics.perturbation`): a resident's own with the chance `KEPT`, else any of the twelve (randomised response:
S. L. Warner, "Randomized response", JASA 60, 1965; post-randomisation: J. M. Gouweleeuw et al., Journal of Official
Statistics 14, 1998).
"""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from analytics.arrays import Ints, Numbers

MONTHS = range(1, 13)
# Every second resident's month is their own for sure: `analytics.perturbation.DRAWN_MONTH` draws so.
KEPT = 0.5
_EACH = 1 / len(MONTHS)
# The shares of the months if on every day of four years as many were born.
EVEN: Numbers = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) / 365.25
# Of the twelve together one stands out by chance in one of twenty cases: Bonferroni's bound, both sides.
_FAR = NormalDist().inv_cdf(1 - 0.05 / (2 * len(MONTHS)))
# Twelve shares that add up to one have eleven degrees of freedom; James and Stein shrink by two fewer.
_SHRINKING = len(MONTHS) - 3


def standing_out(courses: Sequence[int], *, squares: float) -> list[int]:
    """Says of each month whether it has more courses than its days, 1, fewer, -1, or as many as chance may give it, 0.

    `courses`: of the twelve; `squares`: of the courses that are bought for each resident, summed up. All twelve hold
    together with 95 % certainty.
    """
    counted = np.asarray(courses, dtype=np.float64)
    far = _FAR * np.sqrt(squares * EVEN * (1 - EVEN))
    away = counted - counted.sum() * EVEN
    return [int(sign) for sign in np.where(np.abs(away) > far, np.sign(away), 0)]


def shares(drawn: Numbers, *, squares: float) -> Numbers:
    """Estimates the shares of the months from courses by the months that were drawn; they add up to one.

    What differs from the days of the months is believed as far as it is more than chance and the drawing give
    (W. James, C. Stein, "Estimation with quadratic loss", 1961, towards `EVEN`, and never beyond). `squares`: of what
    each resident adds, summed up.
    """
    total = drawn.sum()
    if not total:
        return EVEN
    away = (drawn / total - KEPT * EVEN - (1 - KEPT) * _EACH) / KEPT
    chance = squares / total**2 * _EACH / KEPT**2
    far = float((away**2).sum())
    believed = max(0.0, 1 - _SHRINKING * chance / far) if far else 0.0
    found: Numbers = np.maximum(EVEN + believed * away, 0)
    found /= found.sum()
    return found


def spread(courses: Sequence[int], over: Numbers) -> Ints:
    """Spreads the courses of each group over the months by these shares: whole numbers, a row of twelve for each group,
    that add up to the group's courses and differ from them by less than one.

    What is rounded off goes on to the groups below, so that the months of all of them have their shares too.
    """
    found = np.zeros((len(courses), len(MONTHS)), dtype=np.int64)
    owed = np.zeros(len(MONTHS))
    for row, number in enumerate(courses):
        exact = number * over
        found[row] = np.floor(exact)
        part = exact - found[row]
        left = number - int(found[row].sum())
        # Who has no part of a course is given none.
        first = np.lexsort((-(part + owed), part == 0))[:left]
        found[row, first] += 1
        owed += exact - found[row]
    return found
