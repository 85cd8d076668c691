"""Finds how demand changed from delivery to delivery."""

import numpy as np
from django.contrib.auth.models import User

from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.questions import ImportRow, Question, Trend
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_estimates import read_estimates
from analytics.services.asking.scopes import scope_of_trend
from config.common.db.snapshots import snapshot
from config.common.problems import Forbidden
from config.common.texts import gettext as _


def find_trend(*, question: Question, actor: User) -> Trend:
    """Demand by import, and by group inside it, oldest import first; ages at each import's date.

    An erased import stays in it. The average of the index is that of all rows. Of the question, `import_id` and
    `ordering` are not asked. Raises `Forbidden` for ages asked for by somebody who may not see residents: beside
    today's they would tell who has had a birthday.
    """
    if is_restricted(actor) and "age_group" in {*question.group_by, *question.filters}:
        raise Forbidden(_("Ages at the dates of deliveries are for those who may see residents."))
    with snapshot():
        scope = scope_of_trend(question)
        estimates = read_estimates(question, scope, restricted=is_restricted(actor), by_import=True)
        meta = scope.meta(merged=estimates.groups.merged)
    place = {found.import_id: number for number, found in enumerate(scope.imports)}
    of = np.array([place[import_id] for import_id in estimates.groups.imports.tolist()], dtype=np.float64)
    ranking = Ranking(estimates, question, first=of)
    page = ranking.page(limit=question.limit, offset=question.offset)
    found = [scope.imports[int(number)] for number in of[page]]
    return Trend(
        rows=[
            ImportRow(counted.import_id, counted.source, counted.delivered_at, row)
            for counted, row in zip(found, ranking.rows(page), strict=True)
        ],
        count=ranking.count,
        meta=meta,
    )
