"""Erases the personal data of a delivery for good: at once for everybody who looks, its rows afterwards.

What stays is the delivery itself: where it came from, when, how many residents it had, who corrected which fields when.
Its residents' rows go altogether, for nobody can read them any more and what was counted from them is kept elsewhere.
"""

import math
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.common.background.publishing import enqueue
from config.common.changes.services.record import Action, record_change
from config.common.idempotency.answers import forget_contents, forgettable
from config.common.problems import Forbidden
from config.common.texts import gettext as _
from imports.models import Citizen, Correction, Import, RawChunk, Rename
from imports.querysets import MAY_ERASE, ImportQuerySet
from imports.services.access import visible_delivery
from imports.services.erasing._chunks import Ending, corrections_to_scrub, raw_body_to_remove, residents_to_remove
from imports.services.erasing.forget_arrival import forget_arrival
from imports.services.refresh_demand import refresh_demand

ERASE = "imports.erase"


@dataclass(frozen=True, slots=True)
class Erasure:
    """How many rows of what an erasure is about."""

    citizens: int
    corrections: int
    body_chunks: int
    reviews: int
    answers: int


@transaction.atomic
def erase_delivery(*, import_id: int, actor: User | None) -> Import:
    """Marks the delivery as erased, after the corrections that are under way; a task does the rest.

    Whatever state it is in: a worker that loads it stops. One that is erased stays so. `actor` is None for whoever runs
    the server's commands. Raises `Forbidden` and `NotFound`.
    """
    if actor is not None and not actor.has_perm(MAY_ERASE):
        raise Forbidden(_("Only managers may erase a delivery."))
    visible_delivery(import_id=import_id)
    # FOR UPDATE waits for corrections, and for a review that is being written, which hold FOR KEY SHARE.
    found = Import.objects.select_for_update().get(pk=import_id)
    if found.status != Import.Status.ERASED:
        record_change(
            found, Action.ERASED, actor=actor, before={"status": found.status}, after={"status": Import.Status.ERASED}
        )
        mark_erased(found)
    enqueue(ERASE)
    refresh_demand()
    return visible_delivery(import_id=import_id)


def mark_erased(found: Import) -> None:
    """Makes its contents gone for every reader. Call it with the delivery's row locked FOR UPDATE; the sweep, or the
    task `ERASE`, sees to the rest."""
    found.status, found.erased_at = Import.Status.ERASED, timezone.now()
    # Pointers of errors may be made of keys that somebody sent.
    found.errors, found.more_errors, found.differences, found.body_size = [], 0, [], None
    # So may the name of a file.
    found.wrong_rows, found.wrong_cells, found.file_name = None, None, ""
    personal = ("errors", "more_errors", "differences", "body_size", "wrong_rows", "wrong_cells", "file_name")
    found.save(update_fields=["status", "erased_at", *personal])
    Import.objects.compared_with(found.pk).update(differences=[])
    Rename.objects.filter(delivery=found).delete()


def plan_erasure(*, import_id: int) -> Erasure:
    """What `erase_delivery` would be about. Changes nothing. Raises `NotFound`."""
    found = visible_delivery(import_id=import_id)
    return Erasure(
        citizens=Citizen.objects.of(import_id).count(),
        corrections=Correction.objects.filter(delivery_id=import_id).count(),
        body_chunks=RawChunk.objects.filter(delivery_id=import_id).count(),
        reviews=Import.objects.compared_with(import_id).exclude(differences=[]).count(),
        answers=forgettable(found.get_absolute_url()).count(),
    )


def scrub_erased_deliveries(*, seconds: float = math.inf) -> int:
    """Removes the personal data of every erased delivery, in chunks, until `seconds` are over. How many are done."""
    return _Scrub.run_all(seconds)


class _Scrub(Ending):
    tables = (residents_to_remove, corrections_to_scrub, raw_body_to_remove)

    @staticmethod
    def waiting() -> ImportQuerySet:
        return Import.objects.to_scrub()

    def finish(self, found: Import) -> None:
        forget_contents(found.get_absolute_url())
        forget_arrival(found.pk)
        found.scrubbed_at = timezone.now()
        found.save(update_fields=["scrubbed_at"])
