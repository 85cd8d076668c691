"""How far the index of a group may be off by chance, where residents depend on their relatives and friends.

Knows no database. Everything is worked out for many groups at once, from sums that add up over segments.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from analytics.arrays import Numbers

CONFIDENCE = 0.95
# The constants were chosen by the simulations of `docs/statistics.md`: coverage is hardly another with half or double.
# What a group says of its own variance counts against that of groups of its size like so many events,
_EVENTS_OF_GROUPS_OF_ITS_SIZE = 20.0
# and what these say against all groups.
_EVENTS_OF_ALL_GROUPS = 5.0
# A variance that was estimated has these degrees of freedom, and more where more events are behind it.
_DEGREES_OF_FREEDOM, _DEGREES_PER_EVENT = 10.0, 0.3
# The least that is believed: relations may make residents more alike, hardly four times less variable,
_LEAST_OF_INDEPENDENT = 0.25
# the variance of the courses of a group is no smaller than Poisson's, their mean, though all residents of it may have
# the same number: a handful who are alike by chance would be believed more than a thousand,
_LEAST_DISPERSION = 1.0
# the variance of an index, of which the average takes a part, is no smaller part of the courses,
_LEAST_OF_COURSES = 0.05
# and of an index no smaller part than this, if the group is the whole.
_LEAST_OTHERS = 1e-6
_MOST_BY_THE_AVERAGE = 1.5


@dataclass(frozen=True, slots=True)
class Pairs:
    """Sums over ordered pairs (i, j) of two residents who are relatives or friends: how many pairs, the courses of i,
    of j, and the products of both."""

    number: Numbers
    courses: Numbers
    others: Numbers
    products: Numbers

    def about(self, mean: Numbers, other: Numbers | float) -> Numbers:
        """Sums (courses of i - `mean`) (courses of j - `other`)."""
        return self.products - mean * self.others - other * self.courses + mean * other * self.number

    def total(self) -> "Pairs":
        """The pairs of all groups, as of a single one."""
        return Pairs(*(np.array([getattr(self, name).sum()]) for name in ("number", "courses", "others", "products")))


@dataclass(frozen=True, slots=True)
class GroupSums:
    """Sums over the residents of each group: how many, their courses and the squares of these.

    `inside`: over pairs within the group; `reaching`: over pairs of one of the group and one of the whole.
    """

    residents: Numbers
    courses: Numbers
    squares: Numbers
    inside: Pairs
    reaching: Pairs


@dataclass(frozen=True, slots=True)
class Whole:
    """What an index compares with: its residents, their courses, and the variance of the courses' sum."""

    residents: float
    courses: float
    variance: float

    @property
    def mean(self) -> float:
        """Courses of one resident."""
        return self.courses / self.residents if self.residents else 0.0


@dataclass(frozen=True, slots=True)
class Precision:
    """Of how many independent `events` the courses of each group are worth, and what one more adds to the `index`.

    The index, as a ratio to the average, is the product of both; the events are a draw like Poisson's.
    """

    events: Numbers
    unit: Numbers


def precision(groups: GroupSums, whole: Whole) -> Precision:
    """Finds what the index of each group rests on.

    The variance is that over neighbours (D. Kojevnikov, V. Marmer, K. Song, "Limit theorems for network dependent
    random variables", Journal of Econometrics 222 (2021), pp. 882-908): the sum of z_i z_j over all i and j who are the
    same or related, where z is the influence of a resident on the logarithm of the index, 1[i in g] (b_i - m_g) / B_g -
    (b_i - m) / B. So it knows that a large group is a part of the average. Needs courses in the whole.
    """
    mean = groups.courses / groups.residents
    inside = groups.inside.about(mean, mean)
    lost = (groups.inside.number + groups.residents) / groups.residents**2
    dispersion = _dispersion(groups, inside, lost=lost)
    # All variances are multiplied by the courses: who bought nothing has a share of nothing in the average.
    share = groups.courses / whole.courses
    across = groups.reaching.about(mean, whole.mean) - inside
    with_average = dispersion * share + across / whole.courses
    found = dispersion - 2 * with_average + share * whole.variance / whole.courses
    independent = _independent(groups) / np.maximum(groups.courses, 1)
    others = np.maximum(1 - groups.residents / whole.residents, _LEAST_OTHERS)
    least = np.maximum(_LEAST_OF_INDEPENDENT * independent, _LEAST_OF_COURSES) * others
    dispersion = np.clip(found, np.minimum(least, dispersion), _MOST_BY_THE_AVERAGE * dispersion)
    return Precision(groups.courses / dispersion, dispersion / (groups.residents * whole.mean))


def pooled_precision(
    residents: Numbers, courses: Numbers, whole: Whole, *, dispersion: float, noise: Numbers
) -> Precision:
    """Finds what the index of each group rests on where all are taken to have the same `dispersion`, variance by
    course: the width of an interval then tells of a group no more than its residents and courses. `noise`: the variance
    of each index that was added to it, relative to its square."""
    spread = dispersion * np.maximum(1 - courses / whole.courses, _LEAST_OTHERS) + noise * courses
    spread = np.where(courses > 0, spread, dispersion)
    return Precision(courses / spread, spread / (residents * whole.mean))


def dispersion_of_all(courses: Numbers, events: Numbers) -> float:
    """Gives the courses of all groups by event, no less than Poisson's: what a model of all of them takes for each."""
    independent = events.sum()
    return float(max(courses.sum() / independent, _LEAST_DISPERSION)) if independent else _LEAST_DISPERSION


def variance_of_sum(sums: GroupSums) -> Numbers:
    """The neighbours' variance of the sum of the courses of each group, not corrected: for the whole."""
    mean = sums.courses / sums.residents
    return _independent(sums) + sums.inside.about(mean, mean)


def variance_of_courses(groups: GroupSums) -> Numbers:
    """The variance of the courses of each group, as far as it is believed.

    Who has many relations weighs more in a group's mean, so deviations from it are smaller than `_dispersion` has them
    where it is compared with an average: with k relations, himself among them, by 2 sum(k^2) / (n sum(k)) - sum(k) /
    n^2, where the courses of a resident are the k - 1 others.
    """
    mean, number = groups.courses / groups.residents, groups.residents
    relations = groups.inside.number + number
    lost = 2 * (number + 2 * groups.courses + groups.squares) / (number * relations) - relations / number**2
    return _dispersion(groups, groups.inside.about(mean, mean), lost=lost) * groups.courses


def interval(found: Precision, *, confidence: float = CONFIDENCE) -> tuple[Numbers, Numbers]:
    """Gives the ends of the interval of each index, as ratios to the average, that holds it with `confidence`.

    Jeffreys' interval of a Poisson count, quantiles of a Gamma distribution of the shape `events` + 1/2 (L. D. Brown,
    T. T. Cai, A. DasGupta, "Interval estimation in exponential families", Statistica Sinica 13 (2003), pp. 19-49), with
    Student's t for the normal quantile, because the variance is estimated. No event has the lower end 0.
    """
    tail = (1 - confidence) / 2
    return _quantile(found, tail), _quantile(found, 1 - tail)


def lowest_of_all(found: Precision, *, looked_at: int, confidence: float = CONFIDENCE) -> Numbers:
    """Gives the lower ends that hold for all of `looked_at` groups together, so also for the best of them.

    C. E. Bonferroni's bound: each one fails with a probability of (1 - `confidence`) / `looked_at` (O. J. Dunn,
    "Multiple comparisons among means", Journal of the American Statistical Association 56 (1961), pp. 52-64).
    """
    return _quantile(found, (1 - confidence) / max(looked_at, 1))


def _dispersion(groups: GroupSums, inside: Numbers, *, lost: Numbers) -> Numbers:
    """Variance of a group's courses in units of their mean, as large as what groups of its size have lets believe.

    Deviations from a group's own mean are too small: of n residents and P pairs by the part (n + P) / n^2 (for
    independent ones 1 / n). And a few residents tell little of a variance.
    """
    independent = _independent(groups)
    variance = np.maximum(independent + inside, _LEAST_OF_INDEPENDENT * independent)
    total = max((independent + inside).sum(), _LEAST_OF_INDEPENDENT * independent.sum())
    mean = groups.courses * (1 - np.minimum(lost, 1))
    return settled_dispersion(variance, mean, groups.residents, total=float(total))


def settled_dispersion(variance: Numbers, mean: Numbers, residents: Numbers, *, total: float) -> Numbers:
    """Divides the variance of groups of `residents` by their mean, drawn to that of groups of about as many, and that
    to the one of all, whose variance is `total`; the more, the fewer events are behind it."""
    of_all = max(total / mean.sum(), _LEAST_DISPERSION) if mean.sum() else 1.0
    size = np.log2(residents).astype(np.int64)
    sums = (np.bincount(size, values).astype(np.float64) for values in (variance, mean))
    of_size = _drawn(*sums, to=of_all, events=_EVENTS_OF_ALL_GROUPS)
    return _drawn(variance, mean, to=of_size[size], events=_EVENTS_OF_GROUPS_OF_ITS_SIZE)


def _drawn(variance: Numbers, mean: Numbers, *, to: Numbers | float, events: float) -> Numbers:
    """Gives the variance by the mean as if `events` more were known, whose dispersion is `to`."""
    return np.maximum((variance + events * np.square(to)) / (mean + events * to), _LEAST_DISPERSION)


def _independent(groups: GroupSums) -> Numbers:
    """Variance of the courses' sum if no two residents were related."""
    return np.maximum(groups.squares - groups.courses**2 / groups.residents, 0)


def _quantile(found: Precision, probability: float) -> Numbers:
    freedom = _DEGREES_OF_FREEDOM + _DEGREES_PER_EVENT * found.events
    deviation = _students_t(NormalDist().inv_cdf(probability), freedom)
    shape = found.events + 0.5
    ends: Numbers = shape * gamma_quantile(shape, deviation) * found.unit
    return ends


def gamma_quantile(shape: Numbers, deviation: Numbers | float) -> Numbers:
    """Gives the quantile of a Gamma distribution as a ratio to its mean, by its cube root (E. B. Wilson, M. M.
    Hilferty, "The distribution of chi-square", Proceedings of the National Academy of Sciences 17 (1931), pp. 684-688).
    `deviation`: the quantile of a normal distribution of the same probability."""
    root: Numbers = np.maximum(1 - 1 / (9 * shape) + deviation / (3 * np.sqrt(shape)), 0)
    return root**3


def _students_t(normal: float, freedom: Numbers) -> Numbers:
    """Student's quantile for the `normal` one: M. Abramowitz, I. A. Stegun, "Handbook of mathematical functions",
    26.7.5. Of ten degrees of freedom and more it is off by less than a thousandth, up to the millionth part."""
    x = normal
    return (
        x
        + (x**3 + x) / (4 * freedom)
        + (5 * x**5 + 16 * x**3 + 3 * x) / (96 * freedom**2)
        + (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / (384 * freedom**3)
    )
