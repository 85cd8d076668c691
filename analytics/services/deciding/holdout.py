"""Which cities see a campaign and which do not, so that what it does can be measured, and how small that may be."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.contrib.auth.models import User

from analytics.arrays import Ints, Numbers
from analytics.pairing import alike, detectable, draw, pair, standard_errors
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.questions import Meta, Question, Row
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_estimates import read_estimates
from analytics.services.asking.scopes import Scope, scope_of
from analytics.services.counting.count_if_new import count_if_new
from config.common.db.snapshots import snapshot

CAMPAIGN, CONTROL = "campaign", "control"
# Of more cities the largest: they say nearly all that there is to be seen.
MOST_PAIRS = 300
# A JavaScript number holds it.
MOST_SEED = 2**31 - 1


@dataclass(frozen=True, slots=True)
class HoldoutCity:
    """A city of the design: the number of its pair from 1, the largest first, and whether it sees the campaign."""

    pair: int
    arm: str
    city: str | None
    country: str | None
    residents: int
    courses: int
    index: float | None


@dataclass(frozen=True, slots=True)
class Holdout:
    """The cities pair by pair, and what can be seen with them.

    `standard_error`: of the logarithm of the lift. `detectable_lift`: the smallest one that is found with eight chances
    in ten, 0.1 for a tenth more courses; None without a pair. `lifts`: the same for the first pair, the first two, …
    """

    cities: list[HoldoutCity]
    seed: int
    standard_error: float | None
    detectable_lift: float | None
    lifts: list[float]
    meta: Meta


def design_holdout(*, question: Question, seed: int | None, pairs: int, actor: User) -> Holdout:
    """Pairs the cities that have courses by size, index and age mix, and draws which of each pair sees the campaign:
    the same for the same seed and picture. `seed` None draws one, which is told. At most so many `pairs`, the largest.

    Where `actor` may not see residents it is made of what everybody may see. Raises what `find_demand` does.
    """
    by_city = replace(question, group_by=("city",), with_expected=False, ordering=("-residents",), limit=None, offset=0)
    count_if_new(question.import_id)
    with snapshot():
        scope, restricted = scope_of(by_city), is_restricted(actor)
        estimates = read_estimates(by_city, scope, restricted=restricted)
        ranking = Ranking(estimates, by_city)
        groups = estimates.groups
        page = [number for number in ranking.page().tolist() if groups.courses[number] and not groups.is_other[number]]
        # Whoever is left without a partner is the smallest.
        chosen = np.array(page[: min(len(page) // 2, MOST_PAIRS) * 2], dtype=np.int64)
        rows, variance = ranking.rows(chosen), estimates.variance[chosen]
        ages = _age_mix(by_city, rows, scope, restricted=restricted)
        meta = scope.meta(merged=groups.merged)
    seed = secrets.randbelow(MOST_SEED) if seed is None else seed
    if not rows:
        return Holdout([], seed, None, None, [], meta)
    return _drawn(rows, variance, _paired(rows, ages), seed=seed, pairs=pairs, meta=meta)


def _paired(rows: Sequence[Row], ages: Numbers) -> Ints:
    """Pairs rows by their numbers: the pair with the most residents comes first."""
    residents, courses = (np.array([getattr(row, name) for row in rows], float) for name in ("residents", "courses"))
    size, index = np.log(residents), np.log(courses / residents)
    found = pair(alike([size[:, np.newaxis], index[:, np.newaxis], ages]))
    return found[np.argsort(-residents[found].sum(axis=1), kind="stable")]


def _drawn(rows: Sequence[Row], variance: Numbers, paired: Ints, *, seed: int, pairs: int, meta: Meta) -> Holdout:
    paired = paired[:pairs]
    first = draw(len(paired), seed)
    campaign, control = (np.where(which, paired[:, 0], paired[:, 1]) for which in (first, ~first))
    courses = np.array([row.courses for row in rows], float)
    errors = standard_errors(*((courses[half], variance[half]) for half in (campaign, control)))
    lifts = detectable(errors).tolist()
    cities = [
        _city(number, arm, rows[one])
        for number, both in enumerate(zip(campaign.tolist(), control.tolist(), strict=True), start=1)
        for arm, one in zip((CAMPAIGN, CONTROL), both, strict=True)
    ]
    return Holdout(cities, seed, float(errors[-1]), lifts[-1], lifts, meta)


def _city(number: int, arm: str, row: Row) -> HoldoutCity:
    keys = row.keys
    return HoldoutCity(number, arm, keys["city"], keys["country"], row.residents, row.courses, row.index)


def _age_mix(question: Question, rows: Sequence[Row], scope: Scope, *, restricted: bool) -> Numbers:
    """Gives the share of each age group in each of the cities, of what is shown of them."""
    by_age = replace(question, group_by=("city", "age_group"), with_expected=False)
    groups = read_estimates(by_age, scope, restricted=restricted).groups
    names, countries, ages = groups.keys
    cities = {(row.keys["city"], row.keys["country"]): number for number, row in enumerate(rows)}
    city = np.array([cities.get(key, -1) for key in zip(names, countries, strict=True)], dtype=np.int64)
    mix = np.zeros((len(rows), max(len(ages.values), 1)))
    there = city >= 0
    mix[city[there], ages.numbers[there]] = groups.residents[there]
    mix /= np.array([row.residents for row in rows], dtype=np.float64)[:, np.newaxis]
    return mix
