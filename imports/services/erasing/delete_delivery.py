"""Deletes a delivery: at once for everybody who looks, its rows afterwards."""

import math

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.common.background.publishing import enqueue
from config.common.changes.services.record import Action, record_change
from imports.models import Import
from imports.querysets import ImportQuerySet
from imports.services.access import NoSuchDelivery
from imports.services.erasing._chunks import Ending, corrections_to_remove, raw_body_to_remove, residents_to_remove
from imports.services.erasing.forget_arrival import forget_arrival
from imports.services.refresh_demand import refresh_demand

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
    record_change(found, Action.DELETED, actor=actor)
    # What deliveries on their way were seen to change in it.
    Import.objects.compared_with(import_id).update(differences=[])
    enqueue(PURGE)
    refresh_demand()


def purge_deleted_deliveries(*, seconds: float = math.inf) -> int:
    """Removes every deleted delivery, its rows in chunks, until `seconds` are over. Returns how many went."""
    return _Purge.run_all(seconds)


class _Purge(Ending):
    tables = (residents_to_remove, corrections_to_remove, raw_body_to_remove)

    @staticmethod
    def waiting() -> ImportQuerySet:
        return Import.objects.deleted()

    def finish(self, found: Import) -> None:
        forget_arrival(found.pk)
        found.delete()
