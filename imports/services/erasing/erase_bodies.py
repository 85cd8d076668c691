"""Erases what deliveries were loaded from, once it has been kept for as long as the settings say."""

import math
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from config.common.background.publishing import enqueue
from imports.models import Import
from imports.services.erasing.delete_delivery import PURGE
from imports.services.raw_bodies import remove_body

Status = Import.Status
# What failed or was cancelled can be loaded again for a day at least, also where bodies of complete deliveries go at
# once.
_LEAST_DAYS_TO_RETRY = 1
_IMPORTS_AT_A_TIME = 100
DRAFTS_KEPT = timedelta(days=1)


def erase_old_bodies(*, seconds: float = math.inf) -> tuple[int, bool]:
    """Erases, a delivery at a time, until `seconds` are over. How many it erased, and whether some are left.

    May be killed and repeated at any point, and run twice at the same time.
    """
    deadline, due, erased = time.monotonic() + seconds, _due(timezone.now()), 0
    while import_ids := list(Import.objects.filter(due).values_list("pk", flat=True)[:_IMPORTS_AT_A_TIME]):
        for import_id in import_ids:
            if time.monotonic() >= deadline:
                return erased, True
            erased += _erase(import_id, due)
    return erased, False


def forget_drafts() -> int:
    """How many files went about whose columns nobody decided within a day."""
    now = timezone.now()
    due = Import.objects.filter(deleted_at=None, is_draft=True, created_at__lte=now - DRAFTS_KEPT)
    count = due.update(deleted_at=now)
    if count:
        enqueue(PURGE)
    return count


def body_goes_at_once() -> bool:
    """Whether nothing is kept of what is loaded."""
    return bool(settings.IMPORT_BODY_DAYS <= 0)


def _due(now: datetime) -> Q:
    days = settings.IMPORT_BODY_DAYS
    complete = Q(status=Status.COMPLETE, settled_at__lte=now - timedelta(days=days))
    since = now - timedelta(days=max(days, _LEAST_DAYS_TO_RETRY))
    ended = Q(status__in=[Status.FAILED, Status.CANCELLED], settled_at__lte=since)
    return Q(body_size__isnull=False) & (complete | ended)


@transaction.atomic
def _erase(import_id: int, due: Q) -> bool:
    # The condition again: somebody may have it loaded once more.
    if not Import.objects.filter(due, pk=import_id).update(body_size=None, wrong_rows=None, wrong_cells=None):
        return False
    remove_body(import_id)
    return True
