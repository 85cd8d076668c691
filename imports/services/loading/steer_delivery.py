"""What people decide about a delivery on its way: cancel, retry, approve, discard.

Each is one UPDATE under the condition that the delivery still stands where the decision allows it; of several at the
same moment one wins. A worker that loads the delivery meanwhile notices: its last statement has a condition too.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.common.background.publishing import enqueue
from config.common.changes.services.record import Action, record_change
from config.common.problems import Conflict, Gone
from config.common.texts import either
from config.common.texts import gettext as _
from imports.documents.options import TableOptions
from imports.models import Import
from imports.services.access import NoSuchDelivery, visible_delivery
from imports.services.erasing.delete_delivery import PURGE
from imports.services.loading.arrivals import require_whole
from imports.services.loading.receive_delivery import load_task
from imports.services.naming.resolve_source import expect_source

Status = Import.Status
_QUEUED: dict[str, Any] = {
    "status": Status.QUEUED, "settled_at": None, "attempts": 0, "review": None, "errors": [], "more_errors": 0,
    "processed": 0, "wrong_rows": None, "wrong_cells": None,
}  # fmt: skip


def cancel_delivery(*, import_id: int, actor: User) -> Import:
    """Stops a queued or loading delivery; nothing of it stays but its raw body. Raises as `approve_delivery`."""
    return _move(import_id, actor, (Status.QUEUED, Status.LOADING), _ended(), Action.CANCELLED)


def discard_delivery(*, import_id: int, actor: User) -> Import:
    """Says no to a checked delivery. Raises as `approve_delivery`."""
    return _move(import_id, actor, (Status.CHECKED,), _ended(), Action.DISCARDED)


@transaction.atomic
def retry_delivery(*, import_id: int, actor: User) -> Import:
    """Queues a failed or cancelled delivery again. Raises as `approve_delivery`, and `Gone` when its body is erased."""
    return _again(
        _load(import_id, actor, (Status.FAILED, Status.CANCELLED), _QUEUED | {"left_out": None}, Action.QUEUED)
    )


@transaction.atomic
def load_good_rows(*, import_id: int, actor: User) -> Import:
    """Queues a delivery that failed for single rows again, to be loaded without them. Raises as `retry_delivery`, and
    `Conflict` where no row is right."""
    found = Import.objects.whose_citizens_are_open_to(actor).filter(pk=import_id).first()
    if found is not None and not has_good_rows(found):
        raise Conflict(_("There is no good row in this delivery that could be loaded alone."))
    values = _QUEUED | {"left_out": 0, "stops_at_losses": True}
    return _again(_load(import_id, actor, (Status.FAILED,), values, Action.GOOD_ROWS))


@transaction.atomic
def load_mended(*, import_id: int, actor: User, values: dict[str, Any]) -> Import:
    """Queues a delivery that failed again, with a body in which its wrong rows are corrected; `values` say what that
    body is. Raises as `approve_delivery`."""
    values = _QUEUED | {"left_out": None, "stops_at_losses": True} | values
    return _again(_load(import_id, actor, (Status.FAILED,), values, Action.MENDED))


def has_good_rows(found: Import) -> bool:
    """Whether single rows made it fail, and there are others."""
    counts = found.wrong_rows or {"rows": 0, "wrong": 0}
    return bool(counts["rows"] > counts["wrong"] > 0)


@transaction.atomic
def start_draft(*, import_id: int, actor: User, options: TableOptions) -> Import:
    """Queues a file whose columns somebody has looked at, or a table that failed or was cancelled, to be read as
    `options` say. Raises as `retry_delivery`; of two at the same moment one finds it queued."""
    values = _QUEUED | {
        "is_draft": False, "read_as": options._asdict(), "left_out": None, "stops_at_losses": True,
    }  # fmt: skip
    if Import.objects.drafts_of(actor).filter(pk=import_id).update(**values):
        draft = visible_delivery(import_id=import_id)
        expect_source(draft.source, actor=actor)
        return _again(draft)
    return _again(_load(import_id, actor, (Status.FAILED, Status.CANCELLED), values, Action.QUEUED))


def forget_draft(*, import_id: int, actor: User) -> bool:
    """Removes a file that `actor` does not want to go on with, its rows in the background. Whether there was one."""
    gone = Import.objects.drafts_of(actor).filter(pk=import_id).update(deleted_at=timezone.now())
    if gone:
        enqueue(PURGE)
    return bool(gone)


def _again(moved: Import) -> Import:
    if moved.body_size is None:
        raise Gone(_("The raw body of this delivery was erased: deliver it again."))
    enqueue(load_task(moved), import_id=moved.pk)
    return moved


@transaction.atomic
def approve_delivery(*, import_id: int, actor: User) -> Import:
    """Lets a checked delivery be loaded.

    Raises `NotFound` where there is none or it is another's, `Conflict` in any other state, and as `expect_source`.
    """
    values: dict[str, Any] = {"status": Status.LOADING, "stops_when_checked": False, "stops_at_losses": False}
    values |= {"attempts": 0, "differences": []}
    moved = _load(import_id, actor, (Status.CHECKED,), values, Action.APPROVED)
    enqueue(load_task(moved), import_id=import_id)
    return moved


def _ended() -> dict[str, Any]:
    # The samples are personal data that nobody needs any more.
    return {"status": Status.CANCELLED, "settled_at": timezone.now(), "differences": []}


def _load(import_id: int, actor: User, before: tuple[Status, ...], values: dict[str, Any], action: Action) -> Import:
    """As `_move`, of what is to be loaded then: it may be that others load the deliveries of the source by now. Raises
    `Conflict` also where messages of it are missing."""
    moved = _move(import_id, actor, before, values, action)
    require_whole(moved)
    expect_source(moved.source, actor=actor)
    return moved


@transaction.atomic
def _move(import_id: int, actor: User, before: tuple[Status, ...], values: dict[str, Any], action: Action) -> Import:
    """The delivery after the change, or why there is none."""
    # Whoever may load deliveries may steer those whose residents they may see: their own, or all.
    open_to_actor = Import.objects.whose_citizens_are_open_to(actor).filter(pk=import_id)
    found = open_to_actor.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise NoSuchDelivery
    if not open_to_actor.filter(status__in=before).update(**values, decided_by=actor):
        told = _("This delivery is %(status)s; it would have to be %(allowed)s.")
        raise Conflict(told % {"status": found.status, "allowed": either(before)})
    was, now = {"status": found.status}, {"status": values["status"]}
    record_change(found, action, actor=actor, before=was, after=now)
    return visible_delivery(import_id=import_id)
