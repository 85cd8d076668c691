"""The cities with the most courses by age group, and what the others add up to."""

from dataclasses import dataclass, replace

import numpy as np
from django.contrib.auth.models import User

from analytics.arrays import combined
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.questions import Meta, Question, Row
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_estimates import read_estimates
from analytics.services.asking.scopes import scope_of
from analytics.services.counting.count_if_new import count_if_new
from config.common.db.snapshots import snapshot


@dataclass(frozen=True, slots=True)
class Heat:
    """`rows` by city and age group of the cities with the most courses, these first; of `more` cities there are
    `more_courses`; `merged`: the rows of small segments; `count`: how many rows there are in all."""

    rows: list[Row]
    more: int
    more_courses: int
    merged: list[Row]
    count: int
    meta: Meta


def find_heat(*, question: Question, cities: int, actor: User) -> Heat:
    """Finds the demand by city and age group of as many cities as `cities`; of equal ones the first by name.

    The question's `group_by` and order are not asked. Raises as `find_demand` does.
    """
    question = replace(question, group_by=("city", "age_group"), ordering=("city", "age_group"))
    count_if_new(question.import_id)
    with snapshot():
        scope = scope_of(question)
        estimates = read_estimates(question, scope, restricted=is_restricted(actor))
        meta = scope.meta(merged=estimates.groups.merged)
    groups = estimates.groups
    is_kept = groups.residents >= question.min_residents
    is_named = is_kept & (groups.is_other == 0)
    names, countries, _ages = groups.keys
    city = combined([names.numbers, countries.numbers], rows=len(names))
    of_city = np.bincount(city[is_named], groups.courses[is_named], int(city.max(initial=-1)) + 1)
    there, first = np.unique(city[is_named], return_index=True)
    place = np.full(len(of_city), np.inf)
    order = np.lexsort([names.ranks(str)[is_named][first], -of_city[there]])
    place[there[order]] = range(len(there))
    ranking = Ranking(estimates, question, first=np.where(is_named, place[city], np.inf))
    page = ranking.page(limit=int((place[city[is_named]] < cities).sum()))
    merged = np.flatnonzero(is_kept & (groups.is_other == 1))
    return Heat(
        rows=ranking.rows(page),
        more=max(len(there) - cities, 0),
        more_courses=int(of_city[there[order[cities:]]].sum()),
        merged=ranking.rows(merged),
        count=ranking.count,
        meta=meta,
    )
