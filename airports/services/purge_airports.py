"""Removes for good the airports that were flagged as deleted long ago; their history stays."""

from collections.abc import Collection

from django.conf import settings
from django.contrib.auth.models import User
from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from airports.models import Airport
from airports.querysets import AirportQuerySet
from airports.services.history import record_history
from airports.services.tell_changes import tell_changes

_AT_ONCE = 1_000


def purge_airports(*, actor: User | None = None, airport_ids: Collection[int] | None = None) -> int:
    """Removes those with the flag for as long as the setting `AIRPORT_PURGE_AFTER` says; how many went.

    With `airport_ids`: those of them that have the flag, however short. In transactions of a thousand; may be killed
    and repeated at any point, and run twice at the same time.
    """
    flagged = Airport.objects.flagged()
    old = timezone.now() - settings.AIRPORT_PURGE_AFTER
    due = flagged.filter(deleted_at__lte=old) if airport_ids is None else flagged.filter(pk__in=airport_ids)
    purged = 0
    while count := _purge_some(due, actor):
        purged += count
    return purged


@transaction.atomic
def _purge_some(due: AirportQuerySet, actor: User | None) -> int:
    # Locked in the order of every writer: none of them is restored between this look and the deletion.
    locked = list(due.order_by("pk").select_for_update().values_list("pk", flat=True)[:_AT_ONCE])
    record_history(airport_ids=locked, kind="-", actor=actor, at=timezone.now(), reason="purged")
    tell_changes(deleted=len(locked))
    # Without signals: they would record each row a second time.
    return Airport.objects.filter(pk__in=locked)._raw_delete(using=DEFAULT_DB_ALIAS)
