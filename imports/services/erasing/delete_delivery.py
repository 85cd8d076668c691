"""Deletes a delivery: at once for everybody who looks, its rows afterwards."""

import math
import time

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.common.background.publishing import enqueue
from imports.models import Import
from imports.services.access import NoSuchDelivery
from imports.services.erasing._chunks import Rows, corrections_to_remove, raw_body_to_remove, residents_to_remove
from imports.services.erasing.reclaim_space import reclaim_soon
from imports.services.erasing.refresh_demand import refresh_demand

PURGE = "imports.purge_deleted"


@transaction.atomic
def delete_delivery(*, import_id: int, actor: User | None) -> None:
    """Marks the delivery as deleted, after the corrections that are under way; a task removes its rows.

    Raises `NotFound`.
    """
    # FOR UPDATE waits for corrections, which hold FOR KEY SHARE: after this answer none can still be written.
    found = Import.objects.live().select_for_update().filter(pk=import_id).first()
    if found is None:
        raise NoSuchDelivery
    found.deleted_at = timezone.now()
    found.save(update_fields=["deleted_at"])
    # What deliveries on their way were seen to change in it.
    Import.objects.compared_with(import_id).update(differences=[])
    enqueue(PURGE)
    refresh_demand()


def purge_deleted_deliveries(*, seconds: float = math.inf) -> int:
    """Removes the rows of every deleted delivery, in chunks, until `seconds` are over. Returns how many deliveries
    went.

    May be killed and repeated at any point, and run twice at the same time.
    """
    deadline = time.monotonic() + seconds
    purges = [_Purge(import_id) for import_id in Import.objects.deleted().values_list("pk", flat=True)]
    removed = sum(purge.run(deadline) for purge in purges)
    reclaim_soon(sum(purge.removed_rows for purge in purges))
    return removed


class _Purge:
    """The end of one delivery."""

    def __init__(self, import_id: int) -> None:
        self._import_id = import_id
        self._rows: list[Rows] = [
            table(import_id) for table in (residents_to_remove, corrections_to_remove, raw_body_to_remove)
        ]
        self.removed_rows = 0

    def run(self, deadline: float) -> bool:
        """Whether it was this call that removed the delivery itself."""
        while time.monotonic() < deadline:
            removed = self._remove_rows()
            self.removed_rows += removed
            if not removed:
                break
        else:
            return False
        imports, _ = Import.objects.deleted().filter(pk=self._import_id).delete()
        return imports > 0

    @transaction.atomic
    def _remove_rows(self) -> int:
        """Removes a chunk of each table. 0: none is left."""
        # Two purges take turns. Without the lock one of them would wait for the other's chunk, find none of its rows
        # left, and remove the delivery while the other's rows still point at it.
        if Import.objects.deleted().select_for_update().filter(pk=self._import_id).first() is None:
            return 0
        return sum(rows.next() for rows in self._rows)
