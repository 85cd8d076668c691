"""Reads what an answer rests on: its groups, whom they compare with, and what the model is made of."""

import math
from dataclasses import replace

from django.db.models import Max, QuerySet, Sum

from analytics.models import CurrentTie, ImportDemand, SegmentTie
from analytics.services.asking.estimates import FACTORS, Estimates
from analytics.services.asking.questions import SOURCE, Question
from analytics.services.asking.read_groups import read_groups
from analytics.services.asking.scopes import Scope
from analytics.ties import REACHING, inside
from config.common.db.snapshots import once_in_snapshot

_TENTHS = 10


def read_estimates(question: Question, scope: Scope, *, restricted: bool, by_import: bool = False) -> Estimates:
    """Reads the groups that `question` asks for, in the caller's snapshot. `restricted` and `by_import`: see
    `read_groups`; over time, and by source, the model is made of the groups themselves."""
    groups = read_groups(question.of_groups, scope, restricted=restricted, by_import=by_import)
    base = read_groups(question.of_all, scope, restricted=restricted) if question.index_of_all else groups
    # Of hundreds of sources the cells would be millions.
    is_plain = restricted or by_import or SOURCE in question.group_by or not question.with_expected
    finer = question if is_plain else _with_factors(question)
    cells = groups if finer is question else read_groups(finer.of_groups, scope, restricted=False)
    estimates = Estimates(groups, question.columns, base, cells, finer.columns)
    return _pooled(estimates, question, scope) if restricted else estimates


def _with_factors(question: Question) -> Question:
    missing = tuple(key for key in FACTORS if key not in question.columns)
    return replace(question, group_by=(*question.group_by, *missing)) if missing else question


def _pooled(estimates: Estimates, question: Question, scope: Scope) -> Estimates:
    """Adds how much the courses of groups by these keys vary, for the whole picture or imports and all groups alike,
    and rounded up to tenths: no interval tells more than that of residents who may not be seen."""
    counts = _counts(scope)
    residents, courses = counts["residents__sum"] or 0, counts["courses__sum"] or 0
    if not courses:
        return estimates
    keys, mean = (*question.keys, *question.filters), courses / residents
    inner, every = (_summed_ties(scope, tuple(agrees)) for agrees in (inside(keys), [REACHING]))
    # Squares of courses are the courses of who is related to somebody, but of who names itself.
    squares = max(every["courses"], courses)
    related = inner["products"] - 2 * mean * inner["courses"] + mean**2 * inner["pairs"]
    dispersion = _tenths(max(squares - courses * mean + related, 1) / courses)
    noise = _tenths((squares + courses) / (3 * residents)) if counts["drawn_at__max"] else None
    return replace(estimates, dispersion=dispersion, noise=noise)


def _tenths(value: float) -> float:
    return max(1, math.ceil(_TENTHS * value)) / _TENTHS


@once_in_snapshot
def _counts(scope: Scope) -> dict[str, int | None]:
    chosen = ImportDemand.objects.filter(pk__in=[found.import_id for found in scope.imports])
    imports = ImportDemand.objects.current() if scope.is_picture else chosen
    return imports.aggregate(Sum("residents"), Sum("courses"), Max("drawn_at"))


@once_in_snapshot
def _summed_ties(scope: Scope, agrees: tuple[int, ...]) -> dict[str, float]:
    imports = [found.import_id for found in scope.imports]
    of_imports = SegmentTie.objects.filter(delivery_id__in=imports, at_delivery=scope.at_delivery)
    table: QuerySet[CurrentTie] | QuerySet[SegmentTie] = CurrentTie.objects.all() if scope.is_picture else of_imports
    ties = table.filter(agrees__in=agrees)
    found = ties.aggregate(*(Sum(name, default=0) for name in ("pairs", "courses", "products")))
    return {name: float(found[f"{name}__sum"]) for name in ("pairs", "courses", "products")}
