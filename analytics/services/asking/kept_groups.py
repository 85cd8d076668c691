"""Groups of many deliveries, read once by a worker for all processes that answer.

To add up the segments of hundreds of deliveries takes longer than anybody waits for an answer. What was asked lately is
read after each refresh; until then, and of a question that is new, it is read while somebody waits.
"""

from typing import Any

from analytics.arrays import Column, packed, unpacked, unpacked_ints
from analytics.intervals import Pairs
from analytics.services.asking.kept import computed, kept_already
from analytics.services.asking.questions import Question
from analytics.services.asking.read_groups import Groups, read_groups
from analytics.services.asking.read_spread import Spread
from analytics.services.asking.scopes import Scope, scope_of

GROUPS = "groups"
# Of so many deliveries, which together have some tens of thousands of segments.
_MANY = 100
_COUNTS = ("residents", "courses", "buyers", "is_other", "imports")


def groups_of(question: Question, scope: Scope, *, restricted: bool, by_import: bool = False) -> Groups:
    """Gives what `read_groups` reads, of the current picture of many deliveries what a worker has read."""
    if not scope.is_picture or len(scope.imports) < _MANY:
        return read_groups(question, scope, restricted=restricted, by_import=by_import)
    kept = kept_already(GROUPS, question, restricted=restricted)
    return read_groups(question, scope, restricted=restricted) if kept is None else _groups(kept)


@computed(GROUPS)
def _read(question: Question, *, restricted: bool) -> dict[str, Any]:
    groups = read_groups(question, scope_of(question), restricted=restricted)
    spread = groups.spread and [
        groups.spread.squares,
        *(getattr(pairs, name) for pairs in (groups.spread.inside, groups.spread.reaching) for name in Pairs.__slots__),
    ]
    return {
        "keys": [[column.values, packed(column.numbers)] for column in groups.keys],
        "counts": [packed(getattr(groups, name)) for name in _COUNTS],
        "spread": spread and list(map(packed, spread)),
    }


def _groups(kept: dict[str, Any]) -> Groups:
    keys = (Column(values, unpacked_ints(numbers)) for values, numbers in kept["keys"])
    counts = {name: unpacked_ints(column) for name, column in zip(_COUNTS, kept["counts"], strict=True)}
    return Groups(keys=tuple(keys), **counts, spread=kept["spread"] and _spread(kept["spread"]))


def _spread(kept: list[list[str]]) -> Spread:
    squares, *pairs = map(unpacked, kept)
    half = len(Pairs.__slots__)
    return Spread(squares, Pairs(*pairs[:half]), Pairs(*pairs[half:]))
