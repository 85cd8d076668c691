"""Removes for good the airports that were flagged as deleted long ago; their history stays."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from airports.models import Airport
from airports.services.history import record_history

_AT_ONCE = 1_000


def purge_airports(*, actor: User | None = None, after: timedelta | None = None) -> int:
    """How many went: those with the flag for `after`, by default the setting `AIRPORT_PURGE_AFTER`.

    In transactions of a thousand; may be killed and repeated at any point, and run twice at the same time.
    """
    before = timezone.now() - (settings.AIRPORT_PURGE_AFTER if after is None else after)
    purged = 0
    while count := _purge_some(before, actor):
        purged += count
    return purged


@transaction.atomic
def _purge_some(before: datetime, actor: User | None) -> int:
    # Locked in the order of every writer: none of them is restored between this look and the deletion.
    due = Airport.objects.flagged().filter(deleted_at__lte=before).order_by("pk").select_for_update()
    airport_ids = list(due.values_list("pk", flat=True)[:_AT_ONCE])
    record_history(airport_ids=airport_ids, kind="-", actor=actor, at=timezone.now(), reason="purged")
    # Without signals: they would record each row a second time.
    return Airport.objects.filter(pk__in=airport_ids)._raw_delete(using=DEFAULT_DB_ALIAS)
