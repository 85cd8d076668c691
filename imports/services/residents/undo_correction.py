"""Takes a correction back: the same service with its values turned round. That is a correction too, and names the one
that it undoes; so it is undone in the same way.

A field goes back where it still is what the correction made it. Relations go back pair by pair, on both sides: others
who came into a list since, or left it, do not matter. Where anything of it was changed since, nothing is done.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User

from config.common.problems import Conflict, Forbidden, Gone, NotFound, Stale
from config.common.texts import gettext as _
from imports.dates import format_birth_date
from imports.fields import FIELDS, LISTS, Kind, Patch, written
from imports.models import Citizen, Correction
from imports.services.access import NoSuchResident, readable_delivery
from imports.services.residents.correct_resident import correct_resident, version_of

MAY_CORRECT = "imports.change_citizen"
_LOST = _("What this correction changed was erased for good: nobody knows it any more.")


@dataclass(frozen=True, slots=True)
class Since:
    """A field that is otherwise than the correction left it: `now`, and who changed it last, where that is known."""

    field: str
    now: Any
    by: User | None
    at: datetime | None


class ChangedSince(Conflict):
    """Somebody has changed what the correction changed. `fields` says what; the sentence names no value."""

    def __init__(self, fields: list[Since]) -> None:
        super().__init__(_("This was changed again since. Nothing was undone."))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Undo:
    """A correction, the resident as they are now, and what would be patched."""

    correction: Correction
    citizen: Citizen
    patch: Patch


def plan_undo(*, correction_id: int, actor: User) -> Undo:
    """What `undo_correction` would do. Changes nothing; raises as it does."""
    found = correction_to_undo(correction_id=correction_id, actor=actor)
    readable_delivery(import_id=found.delivery_id, actor=actor)
    citizen = Citizen.objects.of(found.delivery_id).filter(citizen_id=found.citizen_id).first()
    if citizen is None:
        raise NoSuchResident
    changes = {name: change for name, change in found.changes.items() if change["from"] != change["to"]}
    if not changes:
        raise Gone(_LOST)
    if since := [_since(found, citizen, name) for name in _changed_since(changes, citizen)]:
        raise ChangedSince(since)
    return Undo(found, citizen, {name: _turned_round(name, change, citizen) for name, change in changes.items()})


def undo_correction(*, correction_id: int, actor: User) -> Citizen:
    """The resident as they are then.

    Raises `Forbidden`, `NotFound`, also where the correction went with its resident, `Gone` for what was erased,
    `ChangedSince`, and as `correct_resident`; nothing is stored then.
    """
    while True:
        undo = plan_undo(correction_id=correction_id, actor=actor)
        try:
            return correct_resident(
                import_id=undo.correction.delivery_id,
                citizen_id=undo.correction.citizen_id,
                patch=undo.patch,
                actor=actor,
                known=version_of(undo.citizen),
                undoes=correction_id,
            )
        except Stale:
            # Somebody was faster. Each round means that another correction was committed, so somebody always gets on.
            continue


def correction_to_undo(*, correction_id: int, actor: User) -> Correction:
    """The correction, of a delivery whose residents `actor` may see and correct. Raises `Forbidden` and `NotFound`."""
    if not actor.has_perm(MAY_CORRECT):
        raise Forbidden(_("Only editors and managers may correct residents."))
    found = Correction.objects.open_to(actor).filter(pk=correction_id).first()
    if found is None:
        raise NotFound(_("There is no such correction: it went with its resident or its delivery."))
    return found


def _changed_since(changes: dict[str, dict[str, Any]], citizen: Citizen) -> list[str]:
    now = written(citizen, changes)
    singles = [name for name in changes if name not in LISTS and now[name] != _as_written(name, changes[name]["to"])]
    return singles + [
        name
        for name in changes.keys() & set(LISTS)
        if any(_relation_now(citizen, other) != _relation(changes, other, "to") for other in _moved(changes[name]))
    ]


def _turned_round(name: str, change: dict[str, Any], citizen: Citizen) -> Any:
    before, now = change["from"], getattr(citizen, name)
    if name not in LISTS:
        return _as_written(name, before)
    wanted = ({*now} - {*change["to"]}) | ({*now} & {*before}) | ({*before} - {*change["to"]})
    # In the order that they had.
    return [*(one for one in before if one in wanted), *(one for one in now if one in wanted - {*before})]


def _moved(change: dict[str, list[int]]) -> set[int]:
    return {*change["from"]} ^ {*change["to"]}


def _relation(changes: dict[str, dict[str, Any]], other: int, side: str) -> str | None:
    """The list in which the correction had `other` before (`from`) or afterwards (`to`); nobody is in both."""
    return next((name for name in LISTS if name in changes and other in changes[name][side]), None)


def _relation_now(citizen: Citizen, other: int) -> str | None:
    return next((name for name in LISTS if other in getattr(citizen, name)), None)


def _as_written(name: str, stored: Any) -> Any:
    """What a correction has of a value, as a patch takes it."""
    return format_birth_date(date.fromisoformat(stored)) if FIELDS[name].kind is Kind.DATE else stored


def _since(found: Correction, citizen: Citizen, name: str) -> Since:
    about = (found.delivery_id, found.citizen_id)
    later = Correction.objects.about(*about).filter(changes__has_key=name)
    if name in LISTS:
        later = later | Correction.objects.moving(*about).select_related("corrected_by")
    last = later.filter(pk__gt=found.pk).order_by("-id").first()
    now = written(citizen, [name])[name]
    return Since(name, now, last.corrected_by if last else None, last.corrected_at if last else None)
