"""Reads what an answer rests on: its groups, whom they compare with, and what the model is made of."""

import math
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from threading import Lock

from django.db.models import Max, QuerySet, Sum

from analytics.models import CurrentTie, ImportDemand, SegmentTie
from analytics.services.asking.estimates import FACTORS, Estimates
from analytics.services.asking.kept_groups import groups_of
from analytics.services.asking.names import names_now
from analytics.services.asking.questions import SOURCE, Question
from analytics.services.asking.scopes import Scope
from analytics.ties import REACHING, inside
from config.common.db.snapshots import once_in_snapshot

_TENTHS = 10
# Of a hundred thousand groups they take some twenty megabytes; a trend by town of hundreds of deliveries has millions.
_MOST_GROUPS = 500_000


class _Remembered:
    """The estimates that were asked for last, by what they depend on, of so many groups together; for all threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Estimates] = OrderedDict()
        self._alone = Lock()

    def find(self, key: Hashable) -> Estimates | None:
        with self._alone:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Hashable, estimates: Estimates) -> None:
        with self._alone:
            self._kept[key] = estimates
            while sum(one.size for one in self._kept.values()) > _MOST_GROUPS:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._alone:
            self._kept.clear()


REMEMBERED = _Remembered()


def read_estimates(question: Question, scope: Scope, *, restricted: bool, by_import: bool = False) -> Estimates:
    """Reads the groups that `question` asks for, in the caller's snapshot. `restricted` and `by_import`: see
    `read_groups`; over time, and by source, the model is made of the groups themselves.

    A process keeps the last ones. They hold as long as nothing is counted and no name or
    place changes, which the snapshot says: whatever writes segments writes when into the imports of the scope.
    """
    asked = question.of_estimates
    # Of hundreds of sources the cells would be millions.
    is_plain = restricted or by_import or SOURCE in question.group_by or not question.with_expected
    finer = asked if is_plain else _with_factors(asked)
    key = (asked, finer, scope, names_now(finer, restricted=restricted), restricted, by_import)
    found = REMEMBERED.find(key)
    if found is None:
        found = _estimates(asked, finer, scope, restricted, by_import)
        REMEMBERED.keep(key, found)
    return found


def _estimates(question: Question, finer: Question, scope: Scope, restricted: bool, by_import: bool) -> Estimates:
    groups = groups_of(question.of_groups, scope, restricted=restricted, by_import=by_import)
    of_all = groups_of(question.of_all, scope, restricted=restricted) if question.index_of_all else None
    cells = groups_of(finer.of_groups, scope, restricted=False) if finer != question else None
    estimates = Estimates(groups, question.columns, of_all, cells, finer.columns)
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
    imports = ImportDemand.objects.current() if scope.is_picture else ImportDemand.objects.filter(pk__in=_of(scope))
    return imports.aggregate(Sum("residents"), Sum("courses"), Max("drawn_at"))


@once_in_snapshot
def _summed_ties(scope: Scope, agrees: tuple[int, ...]) -> dict[str, float]:
    ties: QuerySet[CurrentTie] | QuerySet[SegmentTie] = CurrentTie.objects.all()
    if not scope.is_picture:
        ties = SegmentTie.objects.filter(delivery_id__in=_of(scope), at_delivery=scope.at_delivery)
    found = ties.filter(agrees__in=agrees).aggregate(
        *(Sum(name, default=0) for name in ("pairs", "courses", "products"))
    )
    return {name: float(found[f"{name}__sum"]) for name in ("pairs", "courses", "products")}


def _of(scope: Scope) -> list[int]:
    return [found.import_id for found in scope.imports]
