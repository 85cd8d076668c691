"""Corrects one resident; relatives and friends change on both sides.

Locks, in this order: the delivery (`FOR KEY SHARE`: it cannot be deleted meanwhile), every resident whose row changes,
by ascending id, and the delivery's row for its revision (`FOR NO KEY UPDATE`, which the others' `FOR KEY SHARE`
allows). Every writer keeps this order and takes the last one last, so they can wait for each other but never in a ring.
"""

import json
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import InvalidInput, Stale
from imports.fields import EDITABLE, LISTS, Patch, to_store, written
from imports.models import Citizen, Correction, Import
from imports.services.access import NoSuchDelivery, NoSuchResident, require_contents
from imports.services.residents._relation_errors import relation_errors
from imports.services.residents.relations import Relations, write_other_sides


class _MoreToLock(Exception):
    """Somebody else changed the resident's lists before our locks were there: more rows are touched than are locked."""

    def __init__(self, citizen_ids: set[int]) -> None:
        super().__init__()
        self.citizen_ids = citizen_ids


def correct_resident(
    *,
    import_id: int,
    citizen_id: int,
    patch: Patch,
    actor: User | None,
    known: str | None = None,
    undoes: int | None = None,
    shown_to: Reader | None = None,
) -> Citizen:
    """The resident as it is after `patch`. Values that do not change are not written down as a correction.

    `known` is the version (`version_of`) that the patch was made from, None where that does not matter; `undoes` is the
    correction that this one takes back; that `shown_to` is to see the whole resident is written down with it. Raises
    `NotFound` for an unknown delivery or resident, `Conflict` or `Gone` where its contents cannot be had, `Stale` when
    the resident is not the `known` one any more, `InvalidInput` for relations that are impossible, and `Unavailable`
    where the read cannot be written down; nothing is stored then.
    """
    to_lock = _first_guess(import_id, citizen_id, patch)
    while True:
        try:
            with transaction.atomic():
                if shown_to:
                    seen = [(import_id, citizen_id)]
                    record_read(reader=shown_to, what=What.CORRECTED, residents=seen, form="json")
                return _correct(
                    Correction(delivery_id=import_id, citizen_id=citizen_id, corrected_by=actor, undoes=undoes),
                    patch,
                    to_lock,
                    known,
                )
        except _MoreToLock as more:
            # Each round means that another correction was committed, so somebody always gets on.
            to_lock |= more.citizen_ids


def version_of(citizen: Citizen) -> str:
    """Tells two states of a resident apart by their values: whoever changes nothing makes no new version."""
    return sha256(json.dumps(written(citizen, EDITABLE)).encode()).hexdigest()


def _first_guess(import_id: int, citizen_id: int, patch: Patch) -> set[int]:
    """The rows to lock, judged by the lists as they are before any lock."""
    if patch.keys().isdisjoint(LISTS):
        return {citizen_id}
    seen = Citizen.objects.of(import_id).filter(citizen_id=citizen_id).only("relatives", "friends").first()
    if seen is None:
        raise NoSuchResident
    return _lists(seen).touched_by(_new_lists(seen, patch)) | {citizen_id}


def _correct(correction: Correction, patch: Patch, to_lock: set[int], known: str | None) -> Citizen:
    """Stores `correction`, once it says what was changed, beside what it changes."""
    import_id, citizen_id = correction.delivery_id, correction.citizen_id
    hold_delivery(import_id)
    locked = {row.citizen_id: row for row in Citizen.objects.locked(import_id, to_lock)}
    if citizen_id not in locked:
        raise NoSuchResident
    citizen = locked[citizen_id]
    if known is not None and known != version_of(citizen):
        raise Stale("Somebody has changed this resident meanwhile. Nothing was saved.")
    new = _new_lists(citizen, patch)
    touched = _lists(citizen).touched_by(new)
    if not touched <= to_lock:
        raise _MoreToLock(touched)
    if errors := relation_errors(patch, citizen=citizen, locked=locked, missing=touched - locked.keys()):
        raise InvalidInput("The relations are not possible.", errors=errors)
    correction.changes = _apply(citizen, patch)
    if not correction.changes:
        return citizen
    citizen.save(update_fields=list(correction.changes))
    write_other_sides(import_id=import_id, citizen_id=citizen_id, new=new, touched=touched)
    correction.save(force_insert=True)
    # Last, so that whoever compares revisions sees this one only together with everything above.
    Import.objects.filter(pk=import_id).update(revision=F("revision") + 1)
    return citizen


def hold_delivery(import_id: int) -> None:
    """Keeps the delivery from being deleted or erased until the transaction ends: what whoever corrects does first.

    Raises `NotFound`, and `Conflict` or `Gone` where its contents cannot be had.
    """
    held = Import.objects.key_shared(import_id)
    if held is None or held.deleted_at is not None:
        raise NoSuchDelivery
    require_contents(held)


def _lists(citizen: Citizen) -> Relations:
    return Relations.of(citizen.relatives, citizen.friends)


def _new_lists(citizen: Citizen, patch: Patch) -> Relations:
    return Relations.of(*(patch.get(name, getattr(citizen, name)) for name in LISTS))


def _apply(citizen: Citizen, patch: Patch) -> dict[str, dict[str, Any]]:
    """Sets the new values on `citizen`. Returns what differs: field → `{"from", "to"}`."""
    changes = {}
    for name in EDITABLE:
        old = getattr(citizen, name)
        value = to_store(name, patch[name]) if name in patch else old
        if value != old:
            changes[name] = {"from": old, "to": value}
            setattr(citizen, name, value)
    return changes
