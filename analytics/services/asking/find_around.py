"""One segment as rankings have it, and the segments beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User

from analytics.arrays import Column, Flags
from analytics.dimensions import PLACES
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.questions import UNPLACED, Question, Row
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_estimates import read_estimates
from analytics.services.asking.scopes import scope_of
from config.common.db.snapshots import snapshot
from config.common.spellings import fold

# What a place is called among what neighbours differ in.
PLACE = "place"


@dataclass(frozen=True, slots=True)
class Around:
    """`own`: the row of the segment, None where no row, or more than one, is named so. `beside`: for each of its keys,
    and `PLACE` for those that say where, the rows that differ from it in this alone, itself among them."""

    own: Row | None
    beside: dict[str, list[Row]]


def find_around(*, question: Question, keys: Mapping[str, str], most: int, actor: User) -> Around:
    """Finds the segment with these `keys` among all that `question` asks for, which groups by them and filters none.

    So its figures are those of a ranking by these keys. `most`: of so many places those with the most courses are
    given.
    """
    with snapshot():
        estimates = read_estimates(question, scope_of(question), restricted=is_restricted(actor))
    ranking = Ranking(estimates, question)
    columns = dict(zip(question.columns, estimates.groups.keys, strict=True))
    named = estimates.groups.is_other == 0
    agrees = {key: _agrees(columns[key], value) for key, value in keys.items()}
    own = np.flatnonzero(_all([named, *agrees.values()]))
    if len(own) != 1:
        return Around(None, {})
    beside = {}
    for key in dict.fromkeys(PLACE if key in PLACES else key for key in keys):
        rest = [agree for name, agree in agrees.items() if name != key and not (key == PLACE and name in PLACES)]
        found = np.flatnonzero(_all([named, *rest]))
        if key == PLACE:
            order = np.lexsort((-estimates.groups.courses[found], found != own[0]))
            found = found[order][:most]
        beside[key] = ranking.rows(found)
    [row] = ranking.rows(own)
    return Around(row, beside)


def _agrees(column: Column[str | None], value: str) -> Flags:
    wanted = None if value == UNPLACED else fold(value)
    return column.flags(lambda one: (one if one is None else fold(one)) == wanted)


def _all(masks: Sequence[Flags]) -> Flags:
    found: Flags = np.logical_and.reduce(masks)
    return found
