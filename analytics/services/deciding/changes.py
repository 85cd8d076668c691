"""Finds what changed from one delivery of a source to another, and which of it is real."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.contrib.auth.models import User

from analytics.changes import Changes, Delivered, Side, changes_between
from analytics.dimensions import place_of
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.kept import computed, kept
from analytics.services.asking.questions import Meta, Question
from analytics.services.asking.scopes import Counted, scope_of
from analytics.services.counting.count_if_new import count_if_new
from analytics.services.deciding.residents import Residents, each_delivery
from config.common.db.snapshots import snapshot
from config.common.problems import FieldError, Forbidden, InvalidInput
from config.common.texts import gettext as _
from imports.models import Import
from imports.services.naming.resolve_source import last_complete_of, spellings_of

DEFAULT_GROUPING = ("city",)
# Of the discoveries so large a part may be none.
SIGNIFICANT = 0.1
FIGURES = ("residents", "courses", "courses_per_100", "change", "change_low", "change_high", "q")
MOST_CERTAIN = ("q", "-courses")
_CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Sums:
    """The residents of a group in one delivery and their courses; `courses_per_100` None where there is nobody."""

    residents: int
    courses: int
    courses_per_100: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """A group before and after, and the change of its courses per 100 residents with its 95 % interval.

    The change is None where one of the deliveries has no residents in it, `q` also where too little is different to
    tell a change from chance.
    """

    keys: dict[str, str | None]
    before: Sums
    after: Sums
    change: float | None
    change_low: float | None
    change_high: float | None
    q: float | None

    @property
    def significant(self) -> bool:
        """Whether it is a discovery."""
        return self.q is not None and self.q < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Turnover:
    """How many residents stayed, are new and are gone, by citizen id; of those whom the filters choose."""

    stayed: int
    new: int
    gone: int


@dataclass(frozen=True, slots=True)
class FoundChanges:
    """A page of the rows, how many there are in all, how many of these are `significant`, the two deliveries."""

    rows: list[Change]
    count: int
    significant: int
    residents: Turnover
    before: Counted
    after: Counted
    meta: Meta


def find_changes(*, question: Question, before: int | None, after: int | None, actor: User) -> FoundChanges:
    """Compares two complete deliveries of one source, the last two of the question's source where none are named; the
    ages of both are of the day of the later one's demand.

    Raises `Forbidden` where `actor` may not see residents, `InvalidInput` for what are no two such deliveries,
    `NotCountedYet` until a worker has compared them, `StillCounting` while one of them is not counted.
    """
    if is_restricted(actor):
        raise Forbidden(_("What changed between two deliveries is for those who may see residents."))
    one, other = _pair(question.sources, before, after)
    asked = replace(question.of_groups, import_id=other.pk, sources=())
    count_if_new(one.pk)
    count_if_new(other.pk)
    with snapshot():
        first, last = (scope_of(Question(import_id=delivery.pk)) for delivery in (one, other))
    # Of the one before it is a parameter at which state it was compared.
    counted = first.imports[0].refreshed_at.isoformat()
    found = kept(_CHANGES, asked, before=one.pk, counted=counted)
    rows = sorted_rows([_row(question.columns, cells) for cells in found["rows"]], question.ordering or MOST_CERTAIN)
    stop = None if question.limit is None else question.offset + question.limit
    return FoundChanges(
        rows=rows[question.offset : stop],
        count=len(rows),
        significant=sum(row.significant for row in rows),
        residents=Turnover(**found["residents"]),
        before=first.imports[0],
        after=last.imports[0],
        meta=replace(last.meta(merged=0), imports=2),
    )


def compare(question: Question, *, before: int) -> tuple[Turnover, list[Change]]:
    """Compares the delivery of the question with another of its source; in a worker, and in a snapshot."""
    return compare_by(question.columns, *read_both(question, before=before))


def read_both(question: Question, *, before: int) -> tuple[Residents, Residents]:
    """Reads the residents of the other delivery and of the question's, all with their ages at the day of the latter."""
    [last] = scope_of(question).imports
    [after] = each_delivery(question)
    [earlier] = each_delivery(replace(question, import_id=before), ages_of=last)
    return earlier, after


def compare_by(columns: Sequence[str], earlier: Residents, after: Residents) -> tuple[Turnover, list[Change]]:
    """Compares two deliveries by the keys `columns`."""
    keys: dict[tuple[str | None, ...], int] = {}
    sides = [_delivered(one, columns, keys) for one in (earlier, after)]
    found = changes_between(sides[0], sides[1], groups=len(keys))
    rows = [_change(dict(zip(columns, key, strict=True)), found, number) for key, number in keys.items()]
    chosen = [side.ids[side.groups >= 0] for side in sides]
    stayed = len(np.intersect1d(chosen[0], chosen[1], assume_unique=True))
    return Turnover(stayed, new=len(chosen[1]) - stayed, gone=len(chosen[0]) - stayed), rows


def sorted_rows(rows: Sequence[Change], ordering: Sequence[str]) -> list[Change]:
    """Puts rows in the order of `ordering`; ties by the keys, what is not known last."""
    ordered = sorted(rows, key=lambda row: [_place(row, name) for name in row.keys])
    for name in reversed(ordering):
        plain = name.removeprefix("-")
        known = [row for row in ordered if _value(row, plain) is not None]
        rest = [row for row in ordered if _value(row, plain) is None]
        known.sort(key=lambda row: _place(row, plain), reverse=name.startswith("-"))
        ordered = known + rest
    return ordered


def _pair(sources: tuple[str, ...], before: int | None, after: int | None) -> tuple[Import, Import]:
    if before is None and after is None:
        return _last_two(sources)
    if before is None or after is None:
        raise _refused("?from" if before is None else "?to", "required", _("Name both deliveries, or none."))
    one, other = (_complete(number, pointer) for number, pointer in ((before, "?from"), (after, "?to")))
    if one.pk == other.pk:
        raise _refused("?to", "same", _("Compare a delivery with another one."))
    if other.source not in spellings_of([one.source]):
        raise _refused("?to", "other_source", _("The deliveries are of two sources."))
    if sources and one.source not in spellings_of(sources):
        raise _refused("?source", "other_source", _("The deliveries are not of this source."))
    return one, other


def _last_two(sources: tuple[str, ...]) -> tuple[Import, Import]:
    if len(sources) != 1:
        raise _refused("?source", "required", _("Name one source, or two of its deliveries."))
    last = last_complete_of(sources[0])
    previous = last and last_complete_of(sources[0], before=last.pk)
    if last is None or previous is None:
        raise _refused("?source", "too_few", _("This source has no two complete deliveries to compare."))
    return previous, last


def _complete(number: int, pointer: str) -> Import:
    found = Import.objects.live().filter(pk=number, status=Import.Status.COMPLETE).first()
    if found is None:
        raise _refused(pointer, "invalid_choice", _("There is no complete import with this id."))
    return found


def _refused(pointer: str, code: str, text: str) -> InvalidInput:
    return InvalidInput(text, errors=[FieldError(pointer, code, text)])


@computed(_CHANGES)
def _compute(question: Question, *, before: int, counted: str) -> dict[str, Any]:
    """`counted` only tells one state of the delivery before from another."""
    residents, rows = compare(question, before=before)
    return {
        "residents": {name: getattr(residents, name) for name in Turnover.__slots__},
        "rows": [_cells(row) for row in rows],
    }


def _delivered(one: Residents, columns: Sequence[str], keys: dict[tuple[str | None, ...], int]) -> Delivered:
    """Numbers the groups of residents by their `keys`, the same in both deliveries."""
    code = np.zeros(len(one.ids), dtype=np.int64)
    for name in columns:
        code = code * max(len(one.names[name]), 1) + one.keys[name]
    _codes, place, number = np.unique(code[one.matches], return_index=True, return_inverse=True)
    named = [[one.names[name][value] for value in one.keys[name][one.matches][place].tolist()] for name in columns]
    known = zip(*named, strict=True) if columns else [()] * len(place)
    numbers = np.array([keys.setdefault(key, len(keys)) for key in known], dtype=np.int64)
    groups = np.full(len(one.ids), -1)
    groups[one.matches] = numbers[number] if len(place) else number
    is_pair = one.recipient >= 0
    return Delivered(one.ids, groups, one.courses, one.buyer[is_pair], one.recipient[is_pair])


def _change(keys: dict[str, str | None], found: Changes, number: int) -> Change:
    change, low, high = (
        None if np.isnan(end[number]) else 100 * float(end[number]) for end in (found.change, found.low, found.high)
    )
    before, after = (_sums(side, number) for side in (found.before, found.after))
    return Change(keys, before, after, change, low, high, float(found.q[number]) if found.is_seen[number] else None)


def _sums(side: Side, number: int) -> Sums:
    residents, courses = int(side.residents[number]), int(side.courses[number])
    return Sums(residents, courses, 100 * courses / residents if residents else None)


def _cells(row: Change) -> list[Any]:
    sums = [[side.residents, side.courses, side.courses_per_100] for side in (row.before, row.after)]
    return [list(row.keys.values()), *sums, row.change, row.change_low, row.change_high, row.q]


def _row(columns: Sequence[str], cells: Sequence[Any]) -> Change:
    keys, before, after, *figures = cells
    return Change(dict(zip(columns, keys, strict=True)), Sums(*before), Sums(*after), *figures)


def _value(row: Change, name: str) -> Any:
    if name in row.keys:
        return row.keys[name]
    return getattr(row.after if name in Sums.__slots__ else row, name)


def _place(row: Change, name: str) -> Any:
    value = _value(row, name)
    return place_of(name, value) if name in row.keys else value
