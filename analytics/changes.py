"""What changed from one delivery to the next, and which of the changes are real.

Knows no database. Residents who are in both deliveries are paired with themselves: what they were already says nothing
of a change.
"""

from dataclasses import dataclass, fields
from itertools import product

import numpy as np
from scipy.special import stdtr, stdtrit

from analytics.arrays import Flags, Ints, Numbers

CONFIDENCE = 0.95
# The constants were tried by the simulations of `docs/decisions.md`.
# What a group says of its own variance counts against that of all groups like the courses of so many people.
_EVENTS_OF_ALL_GROUPS = 20.0
# A variance that was estimated has these degrees of freedom, and more where more events are behind it.
_DEGREES_OF_FREEDOM, _DEGREES_PER_EVENT = 10.0, 0.3
# The least that is believed: relations may make residents more alike, hardly four times less variable.
_LEAST_OF_INDEPENDENT = 0.25
# The mean of a delivery is drawn to that of both as if so many courses more were known, so that no course is no proof.
_COURSES_OF_BOTH = 2.0
# With fewer events no change could be told from chance (W. G. Cochran, "Some methods for strengthening the common
# chi-squared tests", Biometrics 10 (1954), pp. 417-451).
_LEAST_EVENTS = 5.0
_DIGITS = 9
# Friends of friends depend on each other too, by a fifth of what friends do.
_BEYOND_NEIGHBOURS = 1.2


@dataclass(frozen=True, slots=True)
class Delivered:
    """The residents of one delivery.

    `ids` are theirs in all deliveries of the source, each once; `groups` number the group of each, -1 for who is left
    out; `one` and `other`: places of two residents who are related, each pair at least once.
    """

    ids: Ints
    groups: Ints
    courses: Ints
    one: Ints
    other: Ints


@dataclass(frozen=True, slots=True)
class Side:
    """The residents and courses of each group in one delivery."""

    residents: Numbers
    courses: Numbers

    @property
    def mean(self) -> Numbers:
        """Courses of one resident; 0 where there is nobody."""
        mean: Numbers = self.courses / np.maximum(self.residents, 1)
        return mean


@dataclass(frozen=True, slots=True)
class Changes:
    """Of each group both deliveries, and the `change` of courses per resident with the ends of its 95 % interval.

    `is_seen`: there are residents in both deliveries, and enough is different between them to tell a change from
    chance; where it is not, `q` is 1. Of the changes with a `q` below some level that part are chance. Where a delivery
    has no residents the change is not a number.
    """

    before: Side
    after: Side
    change: Numbers
    low: Numbers
    high: Numbers
    q: Numbers
    is_seen: Flags


@dataclass(frozen=True, slots=True)
class _Influences:
    """What each resident of both deliveries adds to the change of its group before and after; groups are -1 where a
    resident is not."""

    groups: tuple[Ints, Ints]
    values: tuple[Numbers, Numbers]


def changes_between(before: Delivered, after: Delivered, *, groups: int) -> Changes:
    """Compares two deliveries of one source, group by group; there are so many `groups`.

    The variance of a change is that over neighbours (`analytics.intervals`): the sum of z_i z_j over all i and j who
    are the same or related in either delivery, where z_i = 1[i in g after] (b_i - m) / n - 1[i in g before] (b_i' -
    m') / n' is the influence of resident i on the difference of the means. So who stayed counts with the difference of
    its own courses, and who is new or gone alone.
    """
    sides = _side(before, groups), _side(after, groups)
    ids = np.union1d(before.ids, after.ids)
    influences = _influences(ids, (before, after), sides)
    variance, events = _variance(influences, _related(ids, before, after), sides, groups)
    both = (sides[0].residents > 0) & (sides[1].residents > 0)
    change = np.where(both, sides[1].mean - sides[0].mean, np.nan)
    freedom = _DEGREES_OF_FREEDOM + _DEGREES_PER_EVENT * events
    error = np.sqrt(variance)
    reach = stdtrit(freedom, (1 + CONFIDENCE) / 2) * error
    is_seen = both & (events >= _LEAST_EVENTS)
    q = np.ones(groups)
    statistic = np.abs(change[is_seen]) / error[is_seen]
    q[is_seen] = false_discovery_rates(2 * stdtr(freedom[is_seen], -statistic))
    return Changes(sides[0], sides[1], change, change - reach, change + reach, q, is_seen)


def false_discovery_rates(p: Numbers) -> Numbers:
    """Gives for each of the tests the least level at which its discovery is one (Y. Benjamini, Y. Hochberg,
    "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57 (1995), pp. 289-300)."""
    order = np.argsort(p)[::-1]
    ranked = p[order] * len(p) / np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(ranked), 1)
    return q


def _side(one: Delivered, groups: int) -> Side:
    chosen = one.groups >= 0
    counts = (np.bincount(one.groups[chosen], values, groups) for values in (None, one.courses[chosen]))
    return Side(*(count.astype(np.float64) for count in counts))


def _influences(ids: Ints, deliveries: tuple[Delivered, Delivered], sides: tuple[Side, ...]) -> _Influences:
    found = []
    for sign, one, side in zip((-1, 1), deliveries, sides, strict=True):
        groups, values = np.full(len(ids), -1), np.zeros(len(ids))
        place, chosen = np.searchsorted(ids, one.ids), one.groups >= 0
        groups[place] = one.groups
        of = one.groups[chosen]
        values[place[chosen]] = sign * (one.courses[chosen] - side.mean[of]) / side.residents[of]
        found.append((groups, values))
    return _Influences(*zip(*found, strict=True))


def _related(ids: Ints, before: Delivered, after: Delivered) -> tuple[Ints, Ints]:
    """Gives places among the `ids` of two residents who are related in either delivery, each pair once."""
    codes = []
    for one in (before, after):
        place = np.searchsorted(ids, one.ids)
        low, high = np.sort([place[one.one], place[one.other]], axis=0)
        codes.append((low * len(ids) + high)[low != high])
    first, second = np.divmod(np.unique(np.concatenate(codes)), max(len(ids), 1))
    return first, second


def _variance(
    found: _Influences, related: tuple[Ints, Ints], sides: tuple[Side, ...], groups: int
) -> tuple[Numbers, Numbers]:
    """Gives the variance of each group's change, and how many independent events are behind it.

    A few residents tell little of a variance, so it is drawn to what all groups have for as many courses.
    """
    squares, fourths = (_powers(found, power, groups) for power in (2, 4))
    raw = squares + 2 * _BEYOND_NEIGHBOURS * _products(found, related, groups)
    raw = np.maximum(raw, _LEAST_OF_INDEPENDENT * squares)
    # As many people of the same influence have the same squares and fourth powers; clusters are worth less.
    people = np.divide(squares**2, fourths, out=np.zeros(groups), where=fourths > 0)
    events = people * np.divide(squares, raw, out=np.ones(groups), where=raw > squares)
    poisson, known = _poissons(sides), 1 - _lost(found, related, sides, groups)
    both = (sides[0].residents > 0) & (sides[1].residents > 0) & (poisson > 0)
    weight = np.divide(sides[0].courses + sides[1].courses, poisson, out=np.zeros(groups), where=both)
    total = float((weight * poisson * known).sum())
    of_all = float((weight * raw).sum()) / total if total else 1.0
    own, others = events * raw, _EVENTS_OF_ALL_GROUPS * of_all * poisson
    return (own + others) / (events * known + _EVENTS_OF_ALL_GROUPS), events


def _powers(found: _Influences, power: int, groups: int) -> Numbers:
    """Sums the powers of what each resident adds to each group, before and after together."""
    (before, after), (was, now) = found.groups, found.values
    same = before == after
    total = np.zeros(groups)
    for of, values in ((after, np.where(same, was + now, now)), (before, np.where(same, 0, was))):
        total += np.bincount(of[of >= 0], values[of >= 0] ** power, groups)
    return total


def _products(found: _Influences, related: tuple[Ints, Ints], groups: int) -> Numbers:
    """Sums the products of what two related residents add to the same group, in whichever delivery each does."""
    one, other = related
    total = np.zeros(groups)
    for first, second in product(zip(found.groups, found.values, strict=True), repeat=2):
        of = first[0][one]
        which = (of == second[0][other]) & (of >= 0)
        total += np.bincount(of[which], (first[1][one] * second[1][other])[which], groups)
    return total


def _poissons(sides: tuple[Side, ...]) -> Numbers:
    """The variance of each change if courses were independent draws, each mean drawn to that of both deliveries."""
    residents, courses = (sum(getattr(side, field.name) for side in sides) for field in fields(Side))
    average = courses.sum() / max(residents.sum(), 1)
    if not average:
        return np.zeros(len(residents))
    mean = (courses + 0.5) / (residents + 0.5 / average)
    found = np.zeros(len(residents))
    for side in sides:
        drawn = (side.courses + _COURSES_OF_BOTH) / (side.residents + _COURSES_OF_BOTH / mean)
        found += drawn / np.maximum(side.residents, 1)
    return found


def _lost(found: _Influences, related: tuple[Ints, Ints], sides: tuple[Side, ...], groups: int) -> Numbers:
    """The part of a variance that deviations from a group's own mean lack: (residents + pairs) / residents squared,
    each delivery as far as it counts; 1 at most."""
    one, other = related
    parts, total = np.zeros(groups), np.zeros(groups)
    for of, side in zip(found.groups, sides, strict=True):
        within = of[one][(of[one] == of[other]) & (of[one] >= 0)]
        residents = np.maximum(side.residents, 1)
        parts += (residents + 2 * np.bincount(within, minlength=groups)) / residents**3
        total += 1 / residents
    # Whole but for rounding: such a group tells nothing of its variance.
    return np.minimum(np.round(parts / total, _DIGITS), 1)
