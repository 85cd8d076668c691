"""Who wants the next course, and where to advertise it."""

from dataclasses import replace

from django.contrib.auth.models import User

from analytics.services.asking.questions import BEST_OPPORTUNITY, LARGEST_DEMAND, Demand, Question
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_estimates import read_estimates
from analytics.services.asking.scopes import scope_of
from analytics.services.counting.count_if_new import count_if_new
from config.common.db.snapshots import snapshot
from imports.querysets import SEE_ALL


def find_demand(*, question: Question, actor: User) -> Demand:
    """Answers with the demand by group, the most courses first unless the question says otherwise.

    Where `actor` may not see residents, small segments are merged into rows `other`, and the average is that of what is
    shown. Raises `UnknownImport` for an `import_id` that is none, `StillCounting` while that import is large and not
    counted yet.
    """
    question = replace(question, ordering=question.ordering or LARGEST_DEMAND)
    count_if_new(question.import_id)
    with snapshot():
        scope = scope_of(question)
        estimates = read_estimates(question, scope, restricted=is_restricted(actor))
        meta = scope.meta(merged=estimates.groups.merged)
    ranking = Ranking(estimates, question)
    rows = ranking.rows(ranking.page(limit=question.limit, offset=question.offset))
    return Demand(rows=rows, count=ranking.count, meta=meta, ranked_by=question.ordering[0].removeprefix("-"))


def find_opportunities(*, question: Question, actor: User) -> Demand:
    """Puts those first whose residents can be expected to show the highest index, so that no lucky handful of residents
    comes out on top."""
    return find_demand(question=replace(question, ordering=question.ordering or BEST_OPPORTUNITY), actor=actor)


def is_restricted(actor: User) -> bool:
    """Whether small segments are to be kept from `actor`, as residents are."""
    return not actor.has_perm(SEE_ALL)
