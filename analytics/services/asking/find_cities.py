"""Finds the demand on the map."""

from dataclasses import replace

from django.contrib.auth.models import User

from analytics.services.asking.atlas import Atlas
from analytics.services.asking.estimates import Estimates
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.questions import LARGEST_DEMAND, Cities, Question, Row
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_estimates import read_estimates
from analytics.services.asking.scopes import Scope, scope_of
from analytics.services.counting.count_if_new import count_if_new
from config.common.db.snapshots import snapshot


def find_cities(*, question: Question, actor: User) -> Cities:
    """Finds cities with their demand and their towns: those on the map, the most courses first unless the question says
    otherwise, and the rest by their courses: towns without a place, and what is merged for callers who may not see
    residents. These get the towns that they may see.

    The question's `group_by` is not asked. Raises as `find_demand` does.
    """
    question = replace(question, group_by=("city",), ordering=question.ordering or LARGEST_DEMAND)
    count_if_new(question.import_id)
    with snapshot():
        scope = scope_of(question)
        estimates, atlas = read_cities(question, scope, restricted=is_restricted(actor))
        meta = scope.meta(merged=estimates.groups.merged)
    cities = _rows(Ranking(estimates, question))
    placed = [row for row in cities if atlas.has(row)]
    rest = [row for row in cities if not atlas.has(row)]
    stop = None if question.limit is None else question.offset + question.limit
    page = [atlas.city(row) for row in placed[question.offset : stop]]
    rest.sort(key=lambda row: (-row.courses, row.is_other, row.keys["city"]))
    return Cities(placed=page, count=len(placed), unplaced=rest, meta=meta)


def read_cities(question: Question, scope: Scope, *, restricted: bool) -> tuple[Estimates, Atlas]:
    """Reads the cities of a question that groups by them, and where they are, in the caller's snapshot."""
    by_town = replace(
        question, group_by=("city", "town"), min_residents=0, with_expected=False, ordering=("-residents",)
    )
    of_cities, of_towns = (read_estimates(one, scope, restricted=restricted) for one in (question, by_town))
    return of_cities, Atlas(_rows(Ranking(of_towns, by_town)), restricted=restricted)


def _rows(ranking: Ranking) -> list[Row]:
    return ranking.rows(ranking.page())
