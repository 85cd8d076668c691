"""Flags or restores many airports: a few statements over a thousand of them, and what was refused by its reasons."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from airports.models import Airport
from airports.services.history import record_history, record_origins
from airports.services.tell_changes import tell_changes
from airports.services.transactions import in_transaction
from config.common.texts import both, said
from config.common.texts import gettext as _

_AT_ONCE = 1_000
_MAX_CLASHES = 5
_GONE = _("It has been deleted for good meanwhile.")
_FLAGGED = _("It is flagged as deleted already.")
_LIVE = _("It is not flagged as deleted.")
_TAKEN = _("Another airport has its %(field)s code.")

Verdicts = dict[int, str | None]
Judge = Callable[[Sequence[Airport]], Verdicts]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many were written, and for each reason the names of those that were not, by id."""

    done: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)


def flag_airports(*, airport_ids: Collection[int], actor: User | None) -> Outcomes:
    """As `flag_airport`, for each of them. In transactions of a thousand; nothing is raised for single ones."""
    return _in_pieces(airport_ids, partial(_write, actor=actor, is_deleted=True, judge=_not_flagged))


def restore_airports(*, airport_ids: Collection[int], actor: User | None) -> Outcomes:
    """As `restore_airport`, for each of them. Of two that want one code, the one with the lower id gets it."""
    return _in_pieces(airport_ids, partial(_write, actor=actor, is_deleted=False, judge=_restorable))


def _in_pieces(airport_ids: Collection[int], write: Callable[..., Outcomes]) -> Outcomes:
    ids = sorted(set(airport_ids))
    done, refused = 0, defaultdict[str, list[str]](list)
    for start in range(0, len(ids), _AT_ONCE):
        some = _despite_clashes(partial(write, ids[start : start + _AT_ONCE]))
        done += some.done
        for reason, names in some.refused.items():
            refused[said(reason)] += names
    return Outcomes(done, dict(refused))


def _despite_clashes(write: Callable[[], Outcomes]) -> Outcomes:
    """Looks again where somebody took a code after the look: the unique indexes are the judges."""
    clashes = 0
    while True:
        try:
            return in_transaction(write)
        except IntegrityError:
            clashes += 1
            if clashes > _MAX_CLASHES:
                raise


def _write(ids: Sequence[int], *, actor: User | None, is_deleted: bool, judge: Judge) -> Outcomes:
    # In the order of every writer.
    found = list(Airport.objects.filter(pk__in=ids).order_by("pk").select_for_update())
    verdicts = judge(found)
    chosen = [airport.pk for airport in found if verdicts[airport.pk] is None]
    now = timezone.now()
    record_origins(airport_ids=chosen)
    Airport.objects.filter(pk__in=chosen).update(
        is_deleted=is_deleted, deleted_at=now if is_deleted else None, version=F("version") + 1, updated_at=now
    )
    record_history(airport_ids=chosen, kind="~", actor=actor, at=now)
    tell_changes(changed=len(chosen))
    refused = defaultdict[str, list[str]](list)
    for airport in found:
        if reason := verdicts[airport.pk]:
            refused[reason].append(airport.name)
    if gone := sorted({*ids} - {airport.pk for airport in found}):
        refused[_GONE] = [f"Airport {airport_id}" for airport_id in gone]
    return Outcomes(len(chosen), dict(refused))


def _not_flagged(airports: Sequence[Airport]) -> Verdicts:
    return {airport.pk: _FLAGGED if airport.is_deleted else None for airport in airports}


def _restorable(airports: Sequence[Airport]) -> Verdicts:
    flagged = [airport for airport in airports if airport.is_deleted]
    taken = {name: _live_codes(name, flagged) for name in ("iata", "icao")}
    verdicts: Verdicts = {airport.pk: _LIVE for airport in airports}
    for airport in flagged:
        clashes = [name.upper() for name, codes in taken.items() if getattr(airport, name) in codes]
        verdicts[airport.pk] = _TAKEN % {"field": both(clashes)} if clashes else None
        if not clashes:
            for name, codes in taken.items():
                codes |= {getattr(airport, name)} - {None}
    return verdicts


def _live_codes(name: str, airports: Sequence[Airport]) -> set[str | None]:
    codes = {getattr(airport, name) for airport in airports} - {None}
    return set(Airport.objects.live().filter(**{f"{name}__in": codes}).values_list(name, flat=True))
