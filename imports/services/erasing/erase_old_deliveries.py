"""Erases the personal data of deliveries that have been kept for as long as the settings say."""

import calendar
import math
import time
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.common.background.publishing import enqueue
from imports.models import Import
from imports.services.erasing.erase_delivery import ERASE, mark_erased

_MONTHS_IN_A_YEAR = 12


def erase_old_deliveries(*, seconds: float = math.inf) -> tuple[int, bool]:
    """Marks as erased what was delivered more than `IMPORT_RETENTION_MONTHS` ago, the oldest first, a delivery at a
    time, until `seconds` are over. How many, and whether some are left. A task removes their rows.

    Age alone counts: whatever state a delivery is in, and also where it is the last one of its source, which then has
    none in the current picture of the demand. 0 months: nothing is ever too old. May be killed and repeated at any
    point, and run twice at the same time.
    """
    months = settings.IMPORT_RETENTION_MONTHS
    if months <= 0:
        return 0, False
    deadline, moment, erased = time.monotonic() + seconds, months_before(timezone.now(), months), 0
    for import_id in Import.objects.older_than(moment).order_by("pk").values_list("pk", flat=True):
        if time.monotonic() >= deadline:
            return erased, True
        erased += _erase(import_id, moment)
    if erased:
        enqueue(ERASE)
    return erased, False


def months_before(moment: datetime, months: int) -> datetime:
    """Goes back so many months from `moment`, to that day and time or the last day of a shorter month."""
    years, month = divmod(moment.year * _MONTHS_IN_A_YEAR + moment.month - 1 - months, _MONTHS_IN_A_YEAR)
    # Nobody has a delivery from before the calendar.
    year = max(years, 1)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


@transaction.atomic
def _erase(import_id: int, moment: datetime) -> bool:
    # The condition again, under the lock: somebody may have erased or deleted it meanwhile.
    found = Import.objects.older_than(moment).select_for_update().filter(pk=import_id).first()
    if found is None:
        return False
    mark_erased(found)
    return True
