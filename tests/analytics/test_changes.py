"""Changes from delivery to delivery, against what is computed resident by resident, and what must hold of any."""

from itertools import product
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, t

from analytics.changes import Changes, Delivered, changes_between, false_discovery_rates

GROUPS = 3


@st.composite
def _deliveries(draw: st.DrawFn) -> Delivered:
    """Some residents, any of them related; some are left out."""
    ids = sorted(draw(st.sets(st.integers(1, 12), min_size=1)))
    place = st.integers(0, len(ids) - 1)
    pairs = sorted({(a, b) for a, b in draw(st.sets(st.tuples(place, place), max_size=20)) if a < b})
    groups = draw(st.lists(st.integers(-1, GROUPS - 1), min_size=len(ids), max_size=len(ids)))
    one, other = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    ends = np.concatenate([one, other])
    itself = draw(st.integers(0, 1))
    return Delivered(
        np.array(ids), np.array(groups), np.bincount(ends, minlength=len(ids)) + itself, ends, np.roll(ends, len(one))
    )


def naive_variances(before: Delivered, after: Delivered) -> tuple[list[float], list[float]]:
    """The variance over neighbours of each change, and the events behind it, person by person."""
    people = sorted({*before.ids.tolist(), *after.ids.tolist()})
    related = {
        frozenset((int(one.ids[a]), int(one.ids[b])))
        for one in (before, after)
        for a, b in zip(one.one, one.other, strict=True)
    }
    variances, events = [], []
    for group in range(GROUPS):
        adds = dict.fromkeys(people, 0.0)
        for sign, one in ((-1, before), (1, after)):
            inside = [place for place in range(len(one.ids)) if one.groups[place] == group]
            mean = np.mean([one.courses[place] for place in inside]) if inside else 0
            for place in inside:
                adds[int(one.ids[place])] += sign * (one.courses[place] - mean) / len(inside)
        alone = sum(value**2 for value in adds.values())
        tied = sum(adds[i] * adds[j] for i, j in product(people, people) if i != j and frozenset((i, j)) in related)
        variance = max(alone + 1.2 * tied, alone / 4)
        fourths = sum(value**4 for value in adds.values())
        variances.append(variance)
        events.append(alone**2 / fourths * min(1, alone / variance) if fourths else 0.0)
    return variances, events


@given(_deliveries(), _deliveries())
def test_counts_and_changes_are_those_of_the_residents(before: Delivered, after: Delivered) -> None:
    found = changes_between(before, after, groups=GROUPS)
    for group in range(GROUPS):
        of = [one.courses[one.groups == group] for one in (before, after)]
        assert [side.residents[group] for side in (found.before, found.after)] == [len(courses) for courses in of]
        assert [side.courses[group] for side in (found.before, found.after)] == [courses.sum() for courses in of]
        if all(map(len, of)):
            assert found.change[group] == pytest.approx(of[1].mean() - of[0].mean(), abs=1e-12)
            assert found.low[group] <= found.change[group] <= found.high[group]
        else:
            assert np.isnan([found.change[group], found.low[group], found.high[group]]).all()
            assert not found.is_seen[group]


@given(_deliveries(), _deliveries())
def test_the_interval_is_made_of_the_variance_over_neighbours(before: Delivered, after: Delivered) -> None:
    """What all groups have in common is the same for each: two groups tell how much of their own goes into each."""
    found = changes_between(before, after, groups=GROUPS)
    variances, events = naive_variances(before, after)
    sides = [(found.before.residents[g], found.before.courses[g], found.after.residents[g], found.after.courses[g])
             for g in range(GROUPS)]  # fmt: skip
    people, courses = sum(a + c for a, _, c, _ in sides), sum(b + d for _, b, _, d in sides)
    if not courses:
        return
    poissons, known = [], []
    for group, (n, b, m, c) in enumerate(sides):
        mean = (b + c + 0.5) / (n + m + 0.5 * people / courses)
        drawn = [(bought + 2) / (residents + 2 / mean) for residents, bought in ((n, b), (m, c))]
        poissons.append(drawn[0] / max(n, 1) + drawn[1] / max(m, 1))
        lost = sum(_pairs_within(before, after, group, side) / max(r, 1) ** 3 for side, r in ((0, n), (1, m)))
        known.append(1 - min(1, round(lost / (1 / max(n, 1) + 1 / max(m, 1)), 9)))
    weights = [(b + d) / poisson if n and m else 0 for (n, b, m, d), poisson in zip(sides, poissons, strict=True)]
    total = sum(w * p * k for w, p, k in zip(weights, poissons, known, strict=True))
    of_all = sum(w * v for w, v in zip(weights, variances, strict=True)) / total if total else 1
    for group in np.flatnonzero(~np.isnan(found.change)).tolist():
        own, others = events[group] * variances[group], 20 * of_all * poissons[group]
        variance = (own + others) / (events[group] * known[group] + 20)
        reach = t.ppf(0.975, 10 + 0.3 * events[group]) * variance**0.5
        assert found.high[group] - found.change[group] == pytest.approx(reach, rel=1e-6, abs=1e-9)
        assert found.change[group] - found.low[group] == pytest.approx(reach, rel=1e-6, abs=1e-9)


def _pairs_within(before: Delivered, after: Delivered, group: int, side: int) -> int:
    """Residents of a delivery's group, and ordered pairs of them who are related in either delivery."""
    one = (before, after)[side]
    inside = {int(number) for number in one.ids[one.groups == group]}
    related = {
        (int(of.ids[a]), int(of.ids[b])) for of in (before, after) for a, b in zip(of.one, of.other, strict=True)
    }
    return len(inside) + sum(a in inside and b in inside for a, b in related)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_false_discovery_rates_are_those_of_benjamini_and_hochberg(p: list[float]) -> None:
    np.testing.assert_allclose(false_discovery_rates(np.array(p)), false_discovery_control(p, method="bh"))


def test_who_stayed_as_it_was_says_nothing_of_a_change() -> None:
    """The same residents once more are sure of it; as many others are not, though their numbers are the same."""
    same, others = (changes_between(_crowd(0), _crowd(shift), groups=2) for shift in (0, 10_000))
    assert same.change.tolist() == others.change.tolist() == [0, 0]
    assert (same.high < others.high / 5).all()
    assert not same.is_seen.any()
    assert others.is_seen.all()


def test_a_large_change_is_found_and_q_is_that_of_the_seen_rows() -> None:
    before, after = _crowd(0), _crowd(10_000)
    more = Delivered(after.ids, after.groups, after.courses + 2 * (after.groups == 1), after.one, after.other)
    found = changes_between(before, more, groups=3)
    assert found.is_seen.tolist() == [True, True, False]
    assert found.q[1] < 0.001 < 0.5 < found.q[0]
    assert found.low[1] > 0
    assert found.q[2] == 1
    _agree(found)


def _agree(found: Changes) -> None:
    """Of one row alone q is p, and p is below 0.05 where the interval leaves out 0."""
    error = (found.high - found.change)[0] / NormalDist().inv_cdf(0.975)
    assert abs(found.change[0]) < error


def _crowd(first: int) -> Delivered:
    """Two groups of a hundred strangers, with as many courses each."""
    courses = np.tile(np.arange(4), 50)
    none = np.zeros(0, dtype=np.int64)
    return Delivered(np.arange(200) + first, np.repeat([0, 1], 100), courses, none, none)
