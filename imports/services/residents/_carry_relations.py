"""Which changes of relations a new delivery takes over, and what its residents' lists are then."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from imports.fields import LISTS
from imports.models import Citizen, Correction

# A resident's two lists, and how two residents are related: the list in which they stand, None for not at all.
Lists = dict[str, list[int]]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RelationConflict:
    """Two residents whose relation staff made `to` this, where their lists came otherwise than before."""

    citizen_id: int
    other: int
    to: str | None


@dataclass(slots=True)
class Carrying:
    """`rows`: residents of the new delivery; `carried`: how each pair of them is related then."""

    rows: dict[int, Citizen]
    carried: dict[Pair, str | None] = field(default_factory=dict)
    conflicts: list[RelationConflict] = field(default_factory=list)

    @property
    def changed(self) -> list[Citizen]:
        """Everybody in a pair, by their ids, with the lists that `corrections` gave them."""
        return [self.rows[one] for one in sorted({one for pair in self.carried for one in pair})]

    def corrections(self, import_id: int) -> list[Correction]:
        """Changes the lists, and writes one correction for the first of each pair, as if it had been made by hand."""
        found = []
        for one in sorted({pair[0] for pair in self.carried}):
            before = _lists(self.rows[one])
            for other in sorted(pair[1] for pair in self.carried if pair[0] == one):
                self._relate(one, other, self.carried[one, other])
            after = _lists(self.rows[one])
            changes = {name: {"from": before[name], "to": after[name]} for name in LISTS if before[name] != after[name]}
            found.append(Correction(delivery_id=import_id, citizen_id=one, changes=changes))
        return found

    def _relate(self, one: int, other: int, how: str | None) -> None:
        for here, there in {(one, other), (other, one)}:
            for name in LISTS:
                kept = [known for known in getattr(self.rows[here], name) if known != there]
                setattr(self.rows[here], name, [*kept, there] if name == how else kept)


def carry_relations(*, import_id: int, last: int) -> Carrying:
    """What is carried from the corrections of the delivery `last`; nothing is written."""
    steps = [
        (row.citizen_id, row.changes)
        for row in Correction.objects.filter(delivery_id=last, changes__has_any_keys=LISTS).order_by("-id")
    ]
    named = {one for one, changes in steps for one in (one, *_named(changes))}
    now = {one: _lists(row) for one, row in _rows(last, named).items()}
    delivered = {one: {name: list(ids) for name, ids in lists.items()} for one, lists in now.items()}
    for citizen_id, changes in steps:
        _undo(delivered, citizen_id, changes)
    carrying = Carrying(_rows(import_id, named))
    for pair in sorted(_pairs(delivered, now)):
        _decide(carrying, pair, delivered, now)
    return carrying


def _decide(carrying: Carrying, pair: Pair, delivered: dict[int, Lists], now: dict[int, Lists]) -> None:
    one, other = pair
    to = _relation(now, one, other)
    rows = [carrying.rows.get(who) for who in pair]
    if None in rows or _relation({one: _lists(carrying.rows[one])}, one, other) == to:
        return
    if all(_is_same(_lists(carrying.rows[who]), delivered[who]) for who in pair):
        carrying.carried[pair] = to
    else:
        carrying.conflicts.append(RelationConflict(one, other, to))


def _undo(lists: dict[int, Lists], citizen_id: int, changes: dict[str, dict[str, list[int]]]) -> None:
    """Takes a correction back, on both sides."""
    for name in changes.keys() & set(LISTS):
        before, after = changes[name]["from"], changes[name]["to"]
        if citizen_id in lists:
            lists[citizen_id][name] = list(before)
        for other in set(before) ^ set(after):
            if other in lists and other != citizen_id:
                kept = [one for one in lists[other][name] if one != citizen_id]
                lists[other][name] = [*kept, citizen_id] if other in before else kept


def _pairs(delivered: dict[int, Lists], now: dict[int, Lists]) -> set[Pair]:
    """Those who are related otherwise than they were delivered, the lower id first."""
    found = set()
    for one, lists in delivered.items():
        for name in LISTS:
            found |= {(one, other) for other in set(lists[name]) ^ set(now[one][name])}
    return {(min(pair), max(pair)) for pair in found if pair[0] in now and pair[1] in now}


def _relation(lists: dict[int, Lists], one: int, other: int) -> str | None:
    return next((name for name in LISTS if other in lists[one][name]), None)


def _is_same(one: Lists, other: Lists) -> bool:
    return all(set(one[name]) == set(other[name]) for name in LISTS)


def _named(changes: dict[str, dict[str, list[int]]]) -> Iterable[int]:
    for name in changes.keys() & set(LISTS):
        yield from {*changes[name]["from"], *changes[name]["to"]}


def _rows(import_id: int, citizen_ids: set[int]) -> dict[int, Citizen]:
    rows = Citizen.objects.of(import_id).filter(citizen_id__in=citizen_ids)
    return {row.citizen_id: row for row in rows}


def _lists(row: Citizen) -> Lists:
    return {name: list(getattr(row, name)) for name in LISTS}
