"""Who wants the next course, and where to advertise it."""

from dataclasses import replace

from django.contrib.auth.models import User

from analytics.services.asking.questions import BEST_OPPORTUNITY, LARGEST_DEMAND, Demand, Question
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_groups import Groups, read_groups
from analytics.services.asking.scopes import Scope, scope_of
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
        groups = read_groups(question, scope, restricted=is_restricted(actor))
        base = read_base(question, scope, actor=actor)
        meta = scope.meta()
    ranking = Ranking(groups, question, base=base)
    rows = ranking.rows(ranking.page(limit=question.limit, offset=question.offset))
    return Demand(rows=rows, count=ranking.count, meta=meta)


def find_opportunities(*, question: Question, actor: User) -> Demand:
    """Puts the highest lower end of the index first, so that no lucky handful of residents comes out on top."""
    return find_demand(question=replace(question, ordering=question.ordering or BEST_OPPORTUNITY), actor=actor)


def read_base(question: Question, scope: Scope, *, actor: User) -> Groups | None:
    """Reads all residents that the index is to be compared with, as far as `actor` may see them; None: the rows."""
    if not question.index_of_all:
        return None
    return read_groups(question.of_all, scope, restricted=is_restricted(actor))


def is_restricted(actor: User) -> bool:
    """Whether small segments are to be kept from `actor`, as residents are."""
    return not actor.has_perm(SEE_ALL)
