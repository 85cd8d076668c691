"""Tells that the refresh stands still: something has been waiting for it for long."""

from datetime import timedelta

from django.db import transaction

from analytics.models import ImportDemand
from analytics.services.counting.stale import stale_imports
from analytics.services.telling.kinds import STALE
from config.common.events.services.episodes import lasts
from config.common.events.services.record import record

# A refresh begins within a minute, and a large delivery takes some.
LONG = timedelta(minutes=30)


@transaction.atomic
def tell_if_stale() -> bool:
    """Writes down that the demand is stale where what has waited longest is still the same after `LONG`; once until it
    was counted. Call it each minute or so.

    While the refresh works, what has waited longest is another one each time, however much is corrected.
    """
    waiting = stale_imports()
    mark = _mark(waiting[0].import_id) if waiting else None
    if not lasts(STALE.name, mark=mark, longer_than=LONG):
        return False
    data = {"import_id": waiting[0].import_id, "imports": len(waiting), "minutes": int(LONG.total_seconds() // 60)}
    record(STALE.name, "/analytics/demand", data)
    return True


def _mark(import_id: int) -> str:
    """The import as it was counted last."""
    counted = ImportDemand.objects.filter(delivery_id=import_id).values_list("refreshed_at", flat=True).first()
    return f"{import_id} {counted}"
