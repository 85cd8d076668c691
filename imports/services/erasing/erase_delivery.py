"""Erases the personal data of a delivery for good: at once for everybody who looks, its rows afterwards.

What stays is the delivery itself: where it came from, when, how many residents it had, who corrected which fields when.
Its residents' rows go altogether, for nobody can read them any more and what was counted from them is kept elsewhere.
"""

import math
import time
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.common.background.publishing import enqueue
from config.common.idempotency.answers import forget_contents, forgettable
from config.common.problems import Forbidden
from imports.models import Citizen, Correction, Import, RawChunk, Rename
from imports.querysets import MAY_ERASE
from imports.services.access import visible_delivery
from imports.services.erasing._chunks import Rows, corrections_to_scrub, raw_body_to_remove, residents_to_remove
from imports.services.erasing.reclaim_space import reclaim_soon
from imports.services.erasing.refresh_demand import refresh_demand

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
        raise Forbidden("Only managers may erase a delivery.")
    visible_delivery(import_id=import_id)
    # FOR UPDATE waits for corrections, and for a review that is being written, which hold FOR KEY SHARE.
    found = Import.objects.select_for_update().get(pk=import_id)
    if found.status != Import.Status.ERASED:
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
    found.save(update_fields=["status", "erased_at", "errors", "more_errors", "differences", "body_size"])
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
    """Removes the personal data of every erased delivery, in chunks, until `seconds` are over. How many are done with.

    May be killed and repeated at any point, and run twice at the same time.
    """
    deadline = time.monotonic() + seconds
    scrubs = [_Scrub(import_id) for import_id in Import.objects.to_scrub().values_list("pk", flat=True)]
    done = sum(scrub.run(deadline) for scrub in scrubs)
    reclaim_soon(sum(scrub.rows_done for scrub in scrubs))
    return done


class _Scrub:
    """The end of one delivery's personal data."""

    def __init__(self, import_id: int) -> None:
        self._import_id = import_id
        self._rows: list[Rows] = [
            table(import_id) for table in (residents_to_remove, corrections_to_scrub, raw_body_to_remove)
        ]
        self.rows_done = 0

    def run(self, deadline: float) -> bool:
        """Whether nothing is left, and it was this call that saw to the last of it."""
        while time.monotonic() < deadline:
            done = self._next()
            if done is None:
                return False
            if not done:
                return True
            self.rows_done += done
        return False

    @transaction.atomic
    def _next(self) -> int | None:
        """How many rows are done; 0: none was left; None: somebody else has finished it."""
        found = Import.objects.to_scrub().select_for_update().filter(pk=self._import_id).first()
        if found is None:
            return None
        if done := sum(rows.next() for rows in self._rows):
            return done
        forget_contents(found.get_absolute_url())
        found.scrubbed_at = timezone.now()
        found.save(update_fields=["scrubbed_at"])
        return 0
