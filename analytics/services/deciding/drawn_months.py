"""Counts what everybody may see of the months of birth: drawn ones, of residents who count with random weights."""

from typing import Any

import numpy as np
from django.db import connection
from django.db.models import F

from analytics.birth_months import MONTHS
from analytics.models import ImportDemand, Perturbation
from analytics.perturbation import COURSES, DRAWN_MONTH, MONTH_HASH
from analytics.services.asking.kept import computed
from analytics.services.asking.questions import Question
from analytics.services.asking.scopes import Scope, scope_of
from imports.services.naming.resolve_source import first_names_of

DRAWN_MONTHS = "drawn_months"
_SQL = f"""
    SELECT drawn, sum(added)::bigint, sum(added * added)::bigint, count(*) FILTER (WHERE bought > 0)
    FROM (
        SELECT bought, {DRAWN_MONTH} AS drawn, {COURSES}::bigint AS added FROM (
            SELECT *, {MONTH_HASH} AS hash FROM (
                SELECT citizen_id, cardinality(relatives) + cardinality(friends) AS bought,
                    extract(month FROM birth_date)::int AS month
                FROM imports_citizen WHERE import_id = %(import_id)s OFFSET 0
            ) AS known OFFSET 0
        ) AS hashed OFFSET 0
    ) AS perturbed
    GROUP BY drawn
"""  # nosec B608 # joins constants alone; values are parameters


@computed(DRAWN_MONTHS)
def _count(question: Question) -> dict[str, Any]:
    """Sums up the months of each import that has five buyers or more in each of them, or as many as a segment needs.

    The others have the months of these. An import that has changed since it was counted is none of them, so that who
    changed is never the only one who does: with each change of it others are drawn anew.
    """
    courses, squares = np.zeros(len(MONTHS), dtype=np.int64), 0
    scope = scope_of(question)
    for draw in _draws(scope):
        with connection.cursor() as cursor:
            cursor.execute(_SQL, draw)
            rows = sorted(cursor.fetchall())
        if len(rows) == len(MONTHS) and min(row[3] for row in rows) >= scope.small_segment:
            courses += np.array([row[1] for row in rows], dtype=np.int64)
            squares += sum(row[2] for row in rows)
    return {"courses": courses.tolist(), "squares": squares}


def _draws(scope: Scope) -> list[dict[str, int]]:
    """Gives the parameters by which residents are drawn, of each import that is as it was counted."""
    of_scope = [found.import_id for found in scope.imports]
    as_counted = ImportDemand.objects.filter(
        pk__in=of_scope, revision=F("delivery__revision"), delivery__status="complete"
    )
    found = list(as_counted.order_by("pk").values_list("pk", "source", "revision", "drawn_at"))
    first = first_names_of({source for _, source, *_ in found})
    secrets = dict(Perturbation.objects.filter(pk__in=first.values()).values_list("pk", "secret"))
    return [
        {"import_id": number, "secret": secrets[first[source]], "changes": revision + drawn_at}
        for number, source, revision, drawn_at in found
    ]
